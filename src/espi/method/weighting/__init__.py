"""From who was drawn to who answered: weights (docs/method, M5)."""
