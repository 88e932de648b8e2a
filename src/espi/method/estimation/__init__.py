"""Estimates that carry their own linearisation, and one variance kernel (docs/method, M6 to M9)."""
