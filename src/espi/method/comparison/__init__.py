"""Agencies beside each other and beside their past: changes, ranks, and how sure they are."""
