"""What counts as a complete answer; flags on answers, never deletions."""
