"""Sends messages to people: outbox, carriers, reports. It knows addresses, and nobody's answers."""
