"""What comes back from carriers: statuses of messages, and what people write."""
