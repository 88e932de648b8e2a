"""``espi estimate``: estimates with standard errors from any file, without a database."""
