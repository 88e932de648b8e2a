"""The least count of people that may be shown, or cross between the banks: the rule of ten."""

from __future__ import annotations

# A wave may ask for more people, never for fewer. Ten is what the booth promises and what the
# published protocol (docs/protocol/v1.md, P5) and the database's constraints are written with:
# another number here is another promise, and needs a migration of tallies.
MINIMUM_CELL = 10
