"""Fieldwork: opening, campaigns, progress and closing of a wave, and the staff pages for them."""
