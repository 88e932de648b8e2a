"""Verdicts on service areas: good, must improve, not different, or that it cannot be said.

From the scores of one respondent group at a time; no number leaves here that may not be shown.
"""
