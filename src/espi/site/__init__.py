"""Composition root: settings per process, addresses, command line.

It wires by name and imports neither bank.
"""
