"""The relay: passes sealed ballots on to the box, so that the box never sees a sender's address.

It knows no key and keeps nothing; the box knows the relay and nobody behind it.
"""
