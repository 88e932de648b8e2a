"""Composition root: settings per process, addresses, and the espi command line. Wires by name, imports no bank."""
