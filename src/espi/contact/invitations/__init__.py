"""Invitations: who is invited to a wave, under which key, and the public commitment to both.

Invitations and keys are made and published before fieldwork; then they no longer change.
"""
