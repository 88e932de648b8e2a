"""Sample size, allocation to strata and selection of units (docs/method, M1 to M4)."""
