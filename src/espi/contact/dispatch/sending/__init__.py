"""The outbox: a message is claimed, marked, sent once and settled; doubts, and blocked channels."""
