"""Messages on their way: outbox, leases, carriers and what they report. It knows addresses, not reasons."""
