"""Direct estimates of service areas: the area's own answers and nothing else (docs/method, M31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.from_sums import estimate
from espi.method.estimation.intervals import TOP, mean_intervals, unseen_share
from espi.method.estimation.kernel import Index, Strata, Vector
from espi.method.estimation.ordered_sums import ordered, ordered_sums
from espi.method.small_areas.layout import AreaLayout
from espi.method.small_areas.moments import Moments, moments

Matrix = NDArray[np.float64]
MIDDLE = 50.0  # of the scale; subtracted before squaring, so that sums of squares keep digits
TWO = 2  # people without whom there is no variance
ROUNDING = 1e-9  # points, or their square: what is left of nothing where all scores are the same


@dataclass(frozen=True, slots=True, eq=False)
class Sampled:
    """The design of a wave's answers, n rows of all groups.

    Attributes:
        weight: positive, shape (n,).
        stratum: 0-based variance stratum of each row, shape (n,).
        strata: respondents and people of each.
    """

    weight: Vector
    stratum: Index
    strata: Strata


@dataclass(frozen=True, slots=True, eq=False)
class DirectScores:
    """Direct estimates of m areas for k targets (a component and its dimensions), each (m, k).

    Attributes:
        targets: their codes.
        value: score of 0–100; NaN where nobody of the area has one.
        se: standard error with finite population correction, in points.
        infinite_se: as if the population were infinite, in points.
        unseen: share of that variance left because not everybody answered, 0–1.
        low: lower end of the 95 % interval (M10), 0–100; ``high`` the upper one.
        n: people behind the score.
        df: degrees of freedom of the standard error.
        concentration: Σ w² / (Σ w)², at least 1/n and equal to it where all weigh the same.
        share: part of the area in its agency's people who have a score, 0–1; an agency's add up
            to one.
        spread: variance of people's scores, in points squared, without bias under equal
            variances; NaN with fewer than two people.
        moments: of people without weights, one entry per target.
    """

    targets: tuple[str, ...]
    value: Matrix
    se: Matrix
    infinite_se: Matrix
    unseen: Matrix
    low: Matrix
    high: Matrix
    n: Index
    df: Index
    concentration: Matrix
    share: Matrix
    spread: Matrix
    moments: tuple[Moments, ...]


def direct_scores(
    sampled: Sampled,
    layout: AreaLayout,
    targets: Sequence[str],
    people: Matrix,
    concerned: NDArray[np.bool_] | None = None,
) -> DirectScores:
    """Return the direct estimates of all areas and targets at once (M6 to M10, M31).

    Args:
        sampled: weights and strata of all rows of the wave.
        layout: the areas of one respondent group.
        targets: codes of the k columns.
        people: each respondent's own scores, 0–100, NaN where there is none, shape (n, k).
        concerned: whom each column was asked, shape (n, k); without it, those who have a score.

    Raises:
        LonelyPSU: a stratum has a single respondent and no sibling to be joined to.
    """
    m, of = layout.agency.size, layout.of
    columns = [np.ascontiguousarray(column) for column in people.T]
    order = ordered(of.domain, sampled.stratum, sampled.weight, m)
    sums = ordered_sums(columns, order, [MIDDLE] * len(columns))
    estimates = estimate(sums, sampled.strata)
    answered = ~np.isnan(people)
    asked = _counted(layout, answered if concerned is None else concerned)
    unseen = unseen_share(
        estimates.variance, estimates.infinite_variance, estimates.n / np.maximum(asked, 1)
    )
    infinite_se = np.sqrt(estimates.infinite_variance)
    value = _at_end(estimates.value)
    low, high = mean_intervals(value, infinite_se, estimates.effective_df, unseen)
    whole = sums.cells.summed(sums.w)
    with np.errstate(invalid="ignore", divide="ignore"):
        concentration = sums.cells.summed(sums.ww) / whole**2
    return DirectScores(
        targets=tuple(targets),
        value=value,
        se=estimates.se,
        infinite_se=infinite_se,
        unseen=unseen,
        low=low,
        high=high,
        n=estimates.n.astype(np.int64),
        df=estimates.effective_df,
        concentration=concentration,
        share=_shares(whole, layout),
        spread=_spread(sampled.weight, people, layout, value, concentration),
        moments=tuple(moments(column, layout.of) for column in columns),
    )


def _at_end(value: Matrix) -> Matrix:
    """Return scores with those that rounding left beside an end of the scale put there (M10)."""
    value = np.where(value < ROUNDING, 0.0, value)
    return np.where(value > TOP - ROUNDING, TOP, value)


def _counted(layout: AreaLayout, within: NDArray[np.bool_]) -> Matrix:
    """Return how many rows of each area are within, column by column, shape (m, k)."""
    m, of = layout.agency.size, layout.of.domain
    counts = [np.bincount(of[column], minlength=m + 1)[:m] for column in within.T]
    return np.stack(counts, axis=1).astype(np.float64)


def _shares(whole: Matrix, layout: AreaLayout) -> Matrix:
    """Return each area's part in the weights of its agency, shape (m, k)."""
    by = layout.by_agency
    agency = np.stack([by.summed(column) for column in whole.T], axis=1)[layout.agency]
    return np.where(agency > 0, whole / np.where(agency > 0, agency, 1.0), 0.0)


def _spread(
    weight: Vector, people: Matrix, layout: AreaLayout, value: Matrix, concentration: Matrix
) -> Matrix:
    """Return Σ w (y − ȳ)² / Σ w, divided by 1 − concentration to be without bias, shape (m, k)."""
    m, of = layout.agency.size, layout.of.domain
    inside = np.flatnonzero(of < m)
    area, spread = of[inside], np.full(value.shape, np.nan)
    for k, column in enumerate(people[inside].T):
        scored = ~np.isnan(column)
        w = np.where(scored, weight[inside], 0.0)
        gap = np.where(scored, column - value[area, k], 0.0)
        counts = np.bincount(area[scored], minlength=m)
        whole, square = np.bincount(area, w, m), np.bincount(area, w * gap * gap, m)
        enough = counts >= TWO
        left = whole * (1 - concentration[:, k])
        own = square[enough] / left[enough]
        spread[enough, k] = np.where(own > ROUNDING, own, 0.0)
    return spread
