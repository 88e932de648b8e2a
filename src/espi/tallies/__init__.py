"""Counts that may cross between the banks: wave, stratum, kind, count; never a person, never a small cell."""
