"""How many, in which strata, and who: size, allocation and selection (docs/method, M1 to M4)."""
