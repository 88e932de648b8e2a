"""The command line of a statistician: estimates from a table, checks of published results.

Everything here reads files and calls ``espi.method``; no bank, no database and no Django.
"""
