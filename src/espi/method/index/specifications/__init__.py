"""Index specifications, one versioned file each."""
