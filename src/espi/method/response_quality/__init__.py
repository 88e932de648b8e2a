"""Flags and p-values for answers that look careless or coached; people judge, nothing is deleted.

Works on arrays of answers without any identity (docs/method/coached.md, C1 to C11, F1 to F7).
"""
