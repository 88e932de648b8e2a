"""Django plumbing without a word of the domain: audit, clock, jobs, errors, base templates."""
