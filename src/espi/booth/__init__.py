"""The respondent's page: static files made once per wave. No database; it imports neither bank."""
