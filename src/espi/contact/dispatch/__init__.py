"""Messages on their way: outbox, leases, carriers and what they report; addresses, not reasons."""
