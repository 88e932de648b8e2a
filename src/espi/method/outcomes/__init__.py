"""Response outcome rates after AAPOR (docs/method, M17)."""
