"""E-SPI: an integrity assessment survey, from the population list to the published index.

The tree makes the promise: ``contact`` knows persons and never answers, ``response`` knows
answers and never persons. See ``docs/explanation/architecture.md``.
"""
