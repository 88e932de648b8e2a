"""Persons and ways to reach them, as delivered by each agency, and the quality of the lists."""
