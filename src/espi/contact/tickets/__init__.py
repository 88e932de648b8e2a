"""Tickets: the booth brings the code of an invitation and gets one blind signature for it.

This room knows which invitation was used and never for what: the signature is blind, and the
envelope that it makes valid goes to the box, which this bank never sees.
"""
