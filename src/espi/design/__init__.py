"""Public facts of a wave: agencies, strata, instruments, calendar, phases, key directory."""
