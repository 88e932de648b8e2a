"""Addresses per web process."""
