"""The algebra of the anonymity protocol, one folder per version. Pure: no Django, no database."""
