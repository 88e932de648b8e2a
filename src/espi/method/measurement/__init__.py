"""Measures of the questions themselves: reliability and item non-response."""
