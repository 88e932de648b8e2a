"""The public log of a wave: entries that are only ever added, checkpoints, witnesses, files.

It holds digests and signatures of ballots, never an envelope, and it knows no person.
"""
