"""The two rules for every published number: enough respondents, and enough precision."""

from __future__ import annotations

LEAST_PRECISION = (
    0.25  # relative standard error; the 95 % interval is then half the value to either side
)


def showable(n: int, value: float, se: float, minimum_cell: int) -> bool:
    """Return whether an estimate may be shown (M16).

    Args:
        n: respondents behind it.
        value: the estimate.
        se: its standard error, same unit.
        minimum_cell: least number of respondents.
    """
    return n >= minimum_cell and se <= LEAST_PRECISION * abs(value)


def shown_count(count: int, minimum_cell: int) -> str:
    """Return a count as text; one from 1 to ``minimum_cell`` - 1 only as "<10"."""
    return str(count) if count == 0 or count >= minimum_cell else f"<{minimum_cell}"
