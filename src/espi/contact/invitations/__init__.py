"""Who is invited and reminded when; trading an invitation once for a blind signature."""
