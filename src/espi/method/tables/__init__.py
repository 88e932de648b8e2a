"""Estimates from any table of a sample: the design in columns, domains, one result type.

Knows nothing of files and command lines; who reads a file hands over a checked frame.
"""
