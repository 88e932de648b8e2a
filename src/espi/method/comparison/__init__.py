"""Compares agencies with each other and with earlier waves: changes and ranks, with margins."""
