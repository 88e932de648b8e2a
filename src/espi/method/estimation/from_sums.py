"""Layer two: from additive sums per cell to estimates with standard errors.

Works on a few thousand rows of cells; no person's row is needed any more (docs/method, M6 to M8).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.kernel import (
    Cells,
    Index,
    Strata,
    Vector,
    effective_df,
    summed_by,
    variance_of_sums,
)
from espi.method.estimation.lonely import Lonely

Matrix = NDArray[np.float64]
ROUNDING = 1e-9  # so that a whole number of degrees is not cut to the one below


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """Sums of k targets over c cells of domain × stratum (× cluster).

    Attributes:
        cells: domain and stratum of each cell; several cells share both where there are clusters.
        clustered: each cell is one cluster; else every row is a unit of its own.
        m: rows with a value, shape (c, k).
        w, y: Σw (or Σwx for a ratio to x) and Σw(y − centre), shape (c, k).
        ww, wy, yy: Σ of their squares and product, shape (c, k).
        centre: shape (k,).
        ratio: which targets are ratios to w, rather than totals of y, shape (k,).
    """

    cells: Cells
    clustered: bool
    m: Matrix
    w: Matrix
    y: Matrix
    ww: Matrix
    wy: Matrix
    yy: Matrix
    centre: Vector
    ratio: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Estimates:
    """Estimates of k targets in every domain, each shape (domains, k).

    Attributes:
        value: NaN where a domain has no row.
        variance: in the unit of the value, squared.
        infinite_variance: the same without finite population correction (M10).
        n: rows with a value.
        weight: their weights' sum, or the denominator's total.
        df: units less strata, of those that have a value.
        effective_df: what the variance is worth, never more than ``df``.
    """

    value: Matrix
    variance: Matrix
    infinite_variance: Matrix
    n: Matrix
    weight: Matrix
    df: Index
    effective_df: Index

    @property
    def se(self) -> Matrix:
        """Standard errors, in the unit of the value."""
        return np.sqrt(self.variance)


def estimate(sums: Sums, strata: Strata, lonely: Lonely = Lonely.FAIL) -> Estimates:
    """Return totals and ratios with their Taylor variance, for all domains and targets at once.

    Args:
        sums: of k targets over the cells of all domains.
        strata: sampled units and populations of all strata.
        lonely: the rule for strata of one unit.

    Raises:
        LonelyPSU: a stratum has a single unit and more people, and the rule is to refuse.
    """
    cells, ratio = sums.cells, sums.ratio
    y, w, m = cells.summed(sums.y), cells.summed(sums.w), cells.summed(sums.m)
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = np.where(w != 0, y / w, np.nan)
    value = np.where(ratio, quotient + sums.centre, y + sums.centre * w)
    value = np.where(m > 0, value, np.nan)
    # u = (wy − slope·w) / whole: a ratio pulls by its residual, a total by its own weight.
    slope = np.where(ratio, np.nan_to_num(quotient), -sums.centre)[cells.domain]
    whole = np.where(ratio & (w != 0), w, 1.0)[cells.domain]
    first = (sums.y - slope * sums.w) / whole
    if sums.clustered:
        second = first * first
    else:
        second = (sums.yy - 2 * slope * sums.wy + slope * slope * sums.ww) / (whole * whole)
    joined, to = _joined(cells) if sums.clustered else (cells, None)
    if to is not None:
        first, second = _added(first, to, joined), _added(second, to, joined)
    if lonely is Lonely.ADJUST:
        first, second = _centred(first, second, joined, strata)
    variance = variance_of_sums(first, second, joined, strata, lonely)
    infinite = variance_of_sums(first, second, joined, strata.infinite(), Lonely.CERTAINTY)
    weight = np.where(ratio, w, 1.0)
    df = _df(sums, joined, to)
    worth = np.minimum(effective_df(first, second, joined, strata), df)
    worth = np.maximum(np.floor(worth + ROUNDING), 1).astype(np.int64)
    variance, infinite = (np.where(np.isnan(value), np.nan, v) for v in (variance, infinite))
    return Estimates(value, variance, infinite, m, weight, df, worth)


def _joined(cells: Cells) -> tuple[Cells, Index]:
    """Return the cells of domain × stratum, and where each cluster's cell goes."""
    h = int(cells.stratum.max(initial=0)) + 1
    keys, to = np.unique(cells.domain * h + cells.stratum, return_inverse=True)
    return Cells(keys // h, keys % h, cells.domains), to.astype(np.int64)


def _added(column: Matrix, to: Index, joined: Cells) -> Matrix:
    size = joined.domain.size
    return np.stack([summed_by(to, part, size) for part in column.T], axis=1)


def _centred(first: Matrix, second: Matrix, cells: Cells, strata: Strata) -> tuple[Matrix, Matrix]:
    """Centre the unit of a lonely stratum on the mean of all units: the rule ``ADJUST`` (M9)."""
    alone = (strata.sampled == 1)[cells.stratum][:, None]
    mean = (cells.summed(first) / strata.sampled.sum())[cells.domain]
    moved = second - 2 * first * mean + mean * mean
    return np.where(alone, first - mean, first), np.where(alone, moved, second)


def _df(sums: Sums, joined: Cells, to: Index | None) -> Index:
    """Return units less strata, of those that have a value (M10), shape (domains, k)."""
    present = (sums.m > 0).astype(np.float64)
    strata = present if to is None else (_added(present, to, joined) > 0).astype(np.float64)
    units = sums.cells.summed(present if sums.clustered else sums.m)
    return (units - joined.summed(strata)).astype(np.int64)
