"""Estimates from any table of a sample: the design in columns, domains, one result type.

Knows no files and no command line: its callers read a file and pass a checked frame.
"""
