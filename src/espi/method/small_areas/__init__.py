"""Scores of service areas with few answers: direct, area-level and unit-level estimates.

Works on the arrays of one respondent group at a time; employees and users never meet in a model.
Knows nothing of names, pages or disclosure: who may see a number is decided elsewhere.
"""
