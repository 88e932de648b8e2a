"""Prints messages instead of sending them: for developers."""
