"""Keeps a restored or copied database from sending again what was sent after the copy was made."""
