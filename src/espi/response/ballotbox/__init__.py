"""Accepts sealed ballots with a valid signature, releases them in batches, and opens them with the key."""
