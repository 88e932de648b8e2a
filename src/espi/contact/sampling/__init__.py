"""The draw of a wave: its seed, its cases and their inclusion probabilities."""
