"""Public facts of a wave: agencies, strata, published instruments, calendar, phases, key directory."""
