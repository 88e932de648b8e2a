"""The public log of a wave: entries that are only ever added, checkpoints, witnesses, files.

It holds names of envelopes and what proves them, never an envelope. It knows no stratum's people.
"""
