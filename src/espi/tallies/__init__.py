"""Counts that may cross between the banks; never a person, never a small cell."""
