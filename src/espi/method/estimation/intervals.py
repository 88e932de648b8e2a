"""Intervals around estimates."""

from __future__ import annotations

from math import sqrt

from scipy import stats

LEVEL = 0.95


def mean_interval(value: float, se: float, df: int) -> tuple[float, float]:
    """Return the 95 % interval of a score with ``df`` degrees of freedom, within 0–100 (M10).

    Source: Student's t with the design's degrees of freedom, as Stata, SAS and srvyr.
    """
    half = float(stats.t.ppf((1 + LEVEL) / 2, max(df, 1))) * se
    return max(0.0, value - half), min(100.0, value + half)


def share_interval(share: float, se: float, n: int, df: int) -> tuple[float, float]:
    """Return the 95 % interval of a share, 0–1, from the effective sample size.

    Source: Korn and Graubard (1998), Survey Methodology 24(2); Clopper–Pearson on n* = p(1−p)/se²,
    adjusted by the squared ratio of t quantiles.
    """
    ratio = (stats.t.ppf((1 + LEVEL) / 2, n - 1) / stats.t.ppf((1 + LEVEL) / 2, max(df, 1))) ** 2
    effective = n if se == 0 else share * (1 - share) / se**2 * ratio
    x, tail = share * effective, (1 - LEVEL) / 2
    low = 0.0 if x <= 0 else float(stats.beta.ppf(tail, x, effective - x + 1))
    high = 1.0 if x >= effective else float(stats.beta.ppf(1 - tail, x + 1, effective - x))
    return low, high


def probability_between(value: float, se: float, df: int, low: float, high: float) -> float:
    """Return how likely the true score lies from ``low`` up to ``high``, 0–1."""
    if se == 0:
        return float(low <= value < high)
    spread = stats.t(max(df, 1), loc=value, scale=se)
    return float(spread.cdf(high) - spread.cdf(low))


def combined_se(*errors: float) -> float:
    """Return the standard error of a sum of independent estimates."""
    return sqrt(sum(error**2 for error in errors))
