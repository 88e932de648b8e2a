"""A message from the outbox to its end: claimed, marked, sent once, settled; doubts and waits."""
