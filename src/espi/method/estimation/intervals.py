"""Intervals around estimates (docs/method, M10).

Every function works on single numbers and on arrays alike.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

LEVEL = 0.95
TAIL = (1 + LEVEL) / 2
TOP = 100.0

Vector = NDArray[np.float64]
Index = NDArray[np.int64]


def t_quantile(df: Any) -> Any:
    """Return the 97.5 % quantile of Student's t; NaN where there are no degrees of freedom."""
    found = np.asarray(df, dtype=np.float64)
    return np.where(found > 0, special.stdtrit(np.maximum(found, 1), TAIL), np.nan)


def mean_intervals(value: Vector, se: Vector, df: Index) -> tuple[Vector, Vector]:
    """Return the 95 % intervals of scores of 0–100 with ``df`` degrees of freedom (M10).

    Symmetric in log-odds, so never outside the scale, and right where scores crowd near its end:
    docs/method/coverage.md. Where all respondents sit at the end itself, the interval is the
    exact one of df + 1 persons.

    Source: the delta method on log(p / (1 − p)), as R survey ``svyciprop(method = "xlogit")``;
    Student's t with the design's degrees of freedom, as Stata, SAS and srvyr; Clopper and Pearson
    (1934), Biometrika 26(4), at the ends.
    """
    p, steps = value / TOP, np.maximum(df, 1)
    low, high = _by_log_odds(p, se / TOP, steps)
    least = (1 - TAIL) ** (1 / (steps + 1.0))
    low = np.where(p >= 1, least, np.where(p <= 0, 0.0, low))
    high = np.where(p <= 0, 1 - least, np.where(p >= 1, 1.0, high))
    return np.minimum(TOP * low, value), np.maximum(TOP * high, value)


def _by_log_odds(p: Vector, se: Vector, df: Index) -> tuple[Vector, Vector]:
    inside = (p > 0) & (p < 1)
    safe = np.where(inside, p, 0.5)
    with np.errstate(over="ignore"):
        half = t_quantile(df) * se / (safe * (1 - safe))
    centre = special.logit(safe)
    missing = np.isnan(p)
    low, high = special.expit(centre - half), special.expit(centre + half)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def mean_interval(value: float, se: float, df: int) -> tuple[float, float]:
    """Return the interval of one score, within 0–100 (M10)."""
    low, high = mean_intervals(np.float64(value), np.float64(se), np.int64(df))  # type: ignore[arg-type] # numbers as arrays
    return float(low), float(high)


def share_intervals(share: Vector, se: Vector, n: Vector, df: Index) -> tuple[Vector, Vector]:
    """Return the 95 % intervals of shares, 0–1, from the effective sample size (M10).

    Source: Korn and Graubard (1998), Survey Methodology 24(2); Clopper–Pearson on n* = p(1−p)/se²,
    adjusted by the squared ratio of t quantiles.
    """
    ratio = (t_quantile(np.maximum(n - 1, 1)) / t_quantile(np.maximum(df, 1))) ** 2
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = np.where(se == 0, n, share * (1 - share) / se**2 * ratio)
    x, tail = share * effective, (1 - LEVEL) / 2
    none, whole = x <= 0, x >= effective
    low = special.betaincinv(np.where(none, 1.0, x), effective - x + 1, tail)
    high = special.betaincinv(x + 1, np.where(whole, 1.0, effective - x), 1 - tail)
    return np.where(none, 0.0, low), np.where(whole, 1.0, high)


def share_interval(share: float, se: float, n: int, df: int) -> tuple[float, float]:
    """Return the interval of one share, 0–1 (M10)."""
    low, high = share_intervals(np.float64(share), np.float64(se), np.float64(n), np.int64(df))  # type: ignore[arg-type] # numbers as arrays
    return float(low), float(high)


def logit_intervals(share: Vector, se: Vector, df: Index) -> tuple[Vector, Vector]:
    """Return 95 % intervals of shares strictly between 0 and 1, symmetric in log-odds (M10).

    Source: R survey ``svyciprop(method = "xlogit")``.
    """
    return _by_log_odds(share, se, np.maximum(df, 1))


def probability_between(value: float, se: float, df: int, low: float, high: float) -> float:
    """Return how likely the true score lies from ``low`` up to ``high``, 0–1 (M10).

    From the same distribution as the interval: t in log-odds of the scale of 0–100.
    """
    if se == 0 or not 0 < value < TOP:
        return float(low <= value < high)
    p = value / TOP
    centre, spread = special.logit(p), se / TOP / (p * (1 - p))
    edges = np.clip(np.array([low, high]) / TOP, 0.0, 1.0)
    chances = special.stdtr(max(df, 1), (special.logit(edges) - centre) / spread)
    return float(chances[1] - chances[0])
