"""How well the questions measure: reliability and item non-response."""
