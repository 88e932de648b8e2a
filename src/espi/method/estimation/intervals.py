"""Intervals around estimates (docs/method, M10).

Every function works on single numbers and on arrays alike.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

LEVEL = 0.95
TOP = 100.0
NEAR_END = 1.25  # see ``worth``
ROUNDING = 1e-7  # of a share's standard error; a true one would take 10^13 people

Vector = NDArray[np.float64]
Index = NDArray[np.int64]


def t_quantile(df: ArrayLike, level: float = LEVEL) -> Vector:
    """Return the quantile of Student's t that a two-sided interval takes, same shape as ``df``.

    Args:
        df: degrees of freedom; ``inf`` gives the normal quantile, none or less gives NaN.
        level: of the interval, between 0 and 1; 0.95 gives the 97.5 % quantile.
    """
    degrees, tail = np.asarray(df, dtype=np.float64), (1 + level) / 2
    return np.where(degrees > 0, special.stdtrit(np.maximum(degrees, 1), tail), np.nan)


def t_interval(value: float, se: float, df: float, level: float = LEVEL) -> tuple[float, float]:
    """Return both ends of value ± t·se, in the unit of the value; NaN without degrees of freedom.

    Args:
        value: the estimate.
        se: its standard error, same unit.
        df: degrees of freedom of the standard error; ``inf`` for the normal interval.
        level: of the interval, between 0 and 1.
    """
    half = float(t_quantile(df, level)) * se
    return value - half, value + half


def mean_intervals(
    value: Vector, se: Vector, df: Index, unseen: Vector | float = 1.0
) -> tuple[Vector, Vector]:
    """Return the 95 % intervals of scores of 0–100 (M10).

    Symmetric in log-odds, so never outside the scale. Near an end of the scale a few people carry
    the variance, and a standard error estimated from few people is itself uncertain: the degrees
    of freedom shrink with it (``worth``). No interval is wider than the exact one of df + 1
    persons who answer only 0 or 100, which also serves where all sit at the end itself.

    Args:
        value: shape (n,), 0–100.
        se: standard errors as if the population were infinite, in points, shape (n,).
        df: degrees of freedom of the standard errors, shape (n,).
        unseen: share of the variance left because not everybody answered, 0–1; 1 for an infinite
            population, 0 where everybody answered.

    Source: the delta method on log(p / (1 − p)), as R survey ``svyciprop(method = "xlogit")``;
    Student's t; Clopper and Pearson (1934), Biometrika 26(4). Coverage: docs/method/coverage.md.
    """
    p, spread = value / TOP, se / TOP
    low, high = _by_log_odds(p, spread * np.sqrt(unseen), worth(p, spread, df))
    least, most = _exact(p, np.maximum(df, 1) + 1.0)
    at_end = (p <= 0) | (p >= 1)
    low = np.where(at_end, least, np.maximum(low, least))
    high = np.where(at_end, most, np.minimum(high, most))
    census = np.asarray(unseen) <= 0  # everybody was asked and answered: the score is a fact
    low, high = np.where(census, p, low), np.where(census, p, high)
    return np.minimum(TOP * low, value), np.maximum(TOP * high, value)


def unseen_share(variance: Vector, infinite: Vector, answered: Vector) -> Vector:
    """Return which share of a variance is left because not everybody answered, 0–1 (M10).

    Those who were asked and left the question out are as unseen as those who were not drawn.

    Args:
        variance: with finite population correction.
        infinite: without.
        answered: share of those asked who answered, 0–1.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        remaining = np.where(infinite > 0, variance / infinite, 1.0)
    return np.clip(1 - (1 - remaining) * answered, 0.0, 1.0)


def worth(p: Vector, se: Vector, df: Index) -> Vector:
    r"""Return the degrees of freedom that a standard error near an end of the scale is worth.

    .. math:: 1 / (1/df + c\,(se / \min(p, 1-p))^2), \quad c = 1.25

    The points that people lose are near the end like draws from a gamma distribution, whose
    variance, estimated from n people, is worth 1 / (1/n + 3 cv²) degrees of freedom; cv is the
    relative standard error of the mean loss. The factor c is the least with which intervals of ten
    and more answers contained the true value often enough in docs/method/coverage.md.

    Args:
        p: scores as shares of the scale, 0–1.
        se: standard errors as if the population were infinite, same unit.
        df: degrees of freedom otherwise.

    Returns:
        At least 1, at most ``df``; same shape.
    """
    loss = np.minimum(p, 1 - p)
    loss = np.where(loss > 0, loss, np.inf)
    # From about ten on the result is 1 whatever the ratio; unbounded, its square overflows next to
    # an end of the scale.
    cv: Vector = np.minimum(se, 1000 * loss) / loss
    reduced: Vector = 1 / (1 / np.maximum(df, 1) + NEAR_END * cv**2)
    return np.maximum(reduced, 1.0)


def _exact(p: Vector, persons: Vector, level: float = LEVEL) -> tuple[Vector, Vector]:
    """Return the Clopper–Pearson interval of a share ``p`` of ``persons``, whole or not."""
    x, tail = p * persons, (1 - level) / 2
    none, whole = x <= 0, x >= persons
    low = special.betaincinv(np.where(none, 1.0, x), persons - np.where(none, 0.0, x) + 1, tail)
    high = special.betaincinv(x + 1, np.where(whole, 1.0, persons - x), 1 - tail)
    return np.where(none, 0.0, low), np.where(whole, 1.0, high)


def _by_log_odds(
    p: Vector, se: Vector, df: Vector | Index, level: float = LEVEL
) -> tuple[Vector, Vector]:
    inside = (p > 0) & (p < 1)
    safe = np.where(inside, p, 0.5)
    with np.errstate(over="ignore"):
        half = t_quantile(df, level) * se / (safe * (1 - safe))
    centre = special.logit(safe)
    missing = np.isnan(p)
    low, high = special.expit(centre - half), special.expit(centre + half)
    return np.where(missing, np.nan, low), np.where(missing, np.nan, high)


def mean_interval(value: float, se: float, df: float, unseen: float = 1.0) -> tuple[float, float]:
    """Return the interval of one score, within 0–100 (M10); arguments as in ``mean_intervals``."""
    low, high = mean_intervals(np.float64(value), np.float64(se), np.float64(df), unseen)  # type: ignore[arg-type] # numbers as arrays
    return float(low), float(high)


def share_intervals(
    share: Vector, se: Vector, n: Vector, df: Index, level: float = LEVEL
) -> tuple[Vector, Vector]:
    """Return the intervals of shares, 0–1, from the effective sample size (M10).

    Args:
        share: shape (n,), 0–1.
        se: their standard errors, 0–1, shape (n,).
        n: rows behind each share, shape (n,).
        df: degrees of freedom of the standard errors, shape (n,).
        level: of the intervals, between 0 and 1.

    Source: Korn and Graubard (1998), Survey Methodology 24(2); Clopper–Pearson on n* = p(1−p)/se²,
    adjusted by the squared ratio of t quantiles.
    """
    ratio = (t_quantile(np.maximum(n - 1, 1), level) / t_quantile(np.maximum(df, 1), level)) ** 2
    at_end = (share <= 0) | (share >= 1)  # no variance there, whatever rounding left of it
    exact = se < ROUNDING  # each stratum answers alike: rounding alone leaves an error
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = np.where(at_end | exact, n, share * (1 - share) / se**2)
    effective = spread * np.where(exact & ~at_end, 1.0, ratio)
    return _exact(share, effective, level)


def share_interval(
    share: float, se: float, n: int, df: int, level: float = LEVEL
) -> tuple[float, float]:
    """Return the interval of one share, 0–1 (M10); arguments as in ``share_intervals``."""
    numbers = (np.float64(share), np.float64(se), np.float64(n), np.int64(df), level)
    low, high = share_intervals(*numbers)  # type: ignore[arg-type] # numbers as arrays
    return float(low), float(high)


def logit_intervals(
    share: Vector, se: Vector, df: Vector | Index, level: float = LEVEL
) -> tuple[Vector, Vector]:
    """Return intervals of shares strictly between 0 and 1, symmetric in log-odds (M10).

    Args:
        share: shape (n,), above 0 and below 1; NaN gives NaN.
        se: their standard errors, 0–1, shape (n,).
        df: degrees of freedom of the standard errors, shape (n,).
        level: of the intervals, between 0 and 1.

    Source: R survey ``svyciprop(method = "xlogit")``.
    """
    return _by_log_odds(share, se, np.maximum(df, 1), level)


def logit_interval(share: float, se: float, df: float, level: float = LEVEL) -> tuple[float, float]:
    """Return the log-odds interval of one share; none at an end, where log-odds do not exist."""
    if not 0 < share < 1:
        return float("nan"), float("nan")
    low, high = logit_intervals(np.float64(share), np.float64(se), np.float64(df), level)  # type: ignore[arg-type] # numbers as arrays
    return float(low), float(high)


def probability_between(
    value: float, se: float, df: float, low: float, high: float, *, unseen: float = 1.0
) -> float:
    """Return how likely the true score lies from ``low`` up to ``high``, 0–1 (M10).

    From the same distribution as the interval: t in log-odds of the scale of 0–100.

    Args:
        value: the score, 0–100.
        se: its standard error as if the population were infinite, in points.
        df: degrees of freedom of the standard error.
        low: lower edge, 0–100, included.
        high: upper edge, 0–100, excluded.
        unseen: share of the variance that is left, 0–1, as in ``mean_intervals``.
    """
    if se * unseen == 0 or not 0 < value < TOP:
        return float(low <= value < high)
    p = value / TOP
    freedom = worth(np.float64(p), np.float64(se / TOP), np.float64(df))  # type: ignore[arg-type] # numbers as arrays
    centre, spread = special.logit(p), se * unseen**0.5 / TOP / (p * (1 - p))
    edges = np.clip(np.array([low, high]) / TOP, 0.0, 1.0)
    chances = special.stdtr(freedom, (special.logit(edges) - centre) / spread)
    return float(chances[1] - chances[0])
