"""A mail sink: takes every message by SMTP, delivers none, and shows them on a page."""
