"""Numbers as the language of the moment writes them: the same on pages and in reports."""

from __future__ import annotations

from django.utils.formats import number_format

# Rounded first: number_format cuts digits off, and 0.42 + 1.16 would be 1.57 here and 1.58 on the
# page, whose floatformat rounds.


def score(value: float) -> str:
    """Return a score, an error or points: two decimals."""
    return number_format(round(value, 2), 2)


def weight(value: float) -> str:
    """Return a weight of the specification: four decimals."""
    return number_format(round(value, 4), 4)


def count(value: int) -> str:
    """Return a count, with thousands set apart."""
    return number_format(value, 0, force_grouping=True)


def scores(low: float, high: float) -> str:
    """Return the two ends of an interval of scores."""
    return f"{score(low)} – {score(high)}"


def whole_percent(share: float) -> str:
    """Return a share of 0–1 in whole per cent."""
    return f"{number_format(round(100 * share), 0)} %"
