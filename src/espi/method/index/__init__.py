"""The index as a versioned specification (docs/method, M11 to M15)."""
