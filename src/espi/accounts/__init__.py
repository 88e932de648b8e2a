"""Staff, their roles and what each role may see. No respondent is ever an account."""
