"""Accepts sealed ballots with a valid signature, releases them in batches, opens them."""
