"""Schema of this package, step by step."""
