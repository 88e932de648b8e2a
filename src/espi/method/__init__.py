"""Survey statistics on arrays, as docs/method writes them. Pure: no Django, no database, no web."""
