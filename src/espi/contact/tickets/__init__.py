"""Code in, signature out: what the booth asks the registry, and what it is given."""
