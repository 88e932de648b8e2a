"""What may be shown: minimum cells and precision (docs/method, M16)."""
