"""Answers that look careless or coached: flags and p-values for people to judge, never deletions.

Knows answers as arrays and nothing of who gave them (docs/method/coached.md, C1 to C11, F1 to F7).
"""
