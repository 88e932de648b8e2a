"""The interval of one estimate, of the kind and level that are asked for (M10)."""

from __future__ import annotations

from math import inf

from espi.method.estimation.intervals import logit_interval, share_interval, t_interval
from espi.method.tables.request import IntervalKind, Precision


def interval_of(
    precision: Precision, value: float, se: float, df: int, share_of: int | None = None
) -> tuple[float, float]:
    """Return both ends of an interval, in the unit of the value.

    Args:
        precision: its kind and level.
        value: the estimate.
        se: its standard error.
        df: degrees of freedom of the standard error.
        share_of: the rows that a share is of; none for what is no share.
    """
    kind, level = precision.interval, precision.level
    if kind is IntervalKind.NORMAL:
        return t_interval(value, se, inf, level)
    if share_of is not None and kind is IntervalKind.LOGIT:
        return logit_interval(value, se, df, level)
    if share_of is not None and kind is not IntervalKind.T:
        return share_interval(value, se, share_of, df, level)
    return t_interval(value, se, df, level)
