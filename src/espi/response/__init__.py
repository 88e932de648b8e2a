"""Bank 2: knows what was answered, and never by whom."""
