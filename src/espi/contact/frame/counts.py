"""How many rows of a list met which fate."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True, slots=True)
class RowCounts:
    """Counts of rows, of one list or of several together.

    Each row is accepted, rejected or ineligible, so these three add up to ``rows``.

    Attributes:
        rows: all rows with anything in them.
        accepted: of people who can be drawn.
        rejected: sent back to the agency with reasons.
        ineligible: kept, but of people who cannot be drawn.
        duplicates: those among the rejected whose person is on a list of the wave already.
    """

    rows: int = 0
    accepted: int = 0
    rejected: int = 0
    ineligible: int = 0
    duplicates: int = 0

    def __add__(self, other: RowCounts) -> RowCounts:
        """Return the counts of both together."""
        pairs = zip(astuple(self), astuple(other), strict=True)
        return RowCounts(*(mine + theirs for mine, theirs in pairs))
