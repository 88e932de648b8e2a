"""Runs of the method on an opened wave: inputs, versions, corrections and results, all kept."""
