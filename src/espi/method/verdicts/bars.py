"""How likely the true score of an area lies above, below or near a bar (docs/method, M37).

The score less the bar follows Student's t around its estimate, with the error of the model; towards
a fixed edge of the scale it does so in log-odds, as the intervals do.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

from espi.method.estimation.intervals import TOP
from espi.method.estimation.kernel import Vector
from espi.method.small_areas.layout import REMAINDER, AreaLayout
from espi.method.small_areas.scores import AreaScores

LEAST_PEERS = 3  # other agencies that make a mean of a category
INSIDE = 1e-6  # share of the scale: log-odds need a score inside it


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Where the true scores of m areas lie, each shape (m,); NaN where that cannot be known.

    Attributes:
        gap: estimated score less the bar, in points; towards a range, to its nearer edge, and
            zero inside.
        above: probability that the true score is above the bar, 0–1.
        below: that it is below.
        near: that it is no further from the bar than the rule calls near.
    """

    gap: Vector
    above: Vector
    below: Vector
    near: Vector

    def only(self, within: NDArray[np.bool_]) -> Chances:
        """Return the same with nothing known of areas that are not within, shape (m,)."""
        parts = (self.gap, self.above, self.below, self.near)
        return Chances(*(np.where(within, part, np.nan) for part in parts))


def to_own_mean(scores: AreaScores, layout: AreaLayout, near: float) -> Chances:
    """Return the chances against the mean of the area's own agency, of which it is a part.

    Not known where an agency has a single area.

    Args:
        scores: of the areas; the contrast knows that an area moves its agency's mean.
        layout: of the same areas.
        near: points that count as no difference.
    """
    real = _real(layout) & scores.estimated
    several = layout.by_agency.counted(real)[layout.agency] > 1
    return _differences(scores.contrast, scores.contrast_mse, scores.df, near).only(real & several)


def to_category_mean(scores: AreaScores, layout: AreaLayout, near: float) -> Chances:
    """Return the chances against the plain mean of the category in all *other* agencies.

    An area lies above the mean of all exactly where it lies above that of the others, and with
    the others it shares no answers. Not known with fewer than ``LEAST_PEERS`` of them. What errors
    of different agencies share through coefficients is left out; it cancels in the difference.

    Args:
        scores: of the areas.
        layout: of the same areas.
        near: points that count as no difference.
    """
    real = _real(layout) & scores.estimated
    k = len(layout.categories)
    cell = layout.agency * k + layout.category

    def of_others(column: Vector) -> Vector:
        summed = np.where(real, column, 0.0)
        everywhere = np.bincount(layout.category, summed, k)[layout.category]
        return np.asarray(everywhere - np.bincount(cell, summed, layout.agencies * k)[cell])

    here = np.bincount(cell, real, layout.agencies * k) > 0
    peers = here.reshape(layout.agencies, k).sum(axis=0)[layout.category] - here[cell]
    count = np.maximum(of_others(np.ones_like(scores.value)), 1.0)
    gap = scores.value - of_others(scores.value) / count
    mse = scores.mse + of_others(scores.mse) / count**2
    return _differences(gap, mse, scores.df, near).only(real & (peers >= LEAST_PEERS))


def to_band(
    scores: AreaScores, layout: AreaLayout, low: float, high: float, near: float
) -> Chances:
    """Return the chances of lying below ``low``, or at ``high`` and above.

    Args:
        scores: of the areas.
        layout: of the same areas.
        low: upper edge of the lowest band, 0–100.
        high: lower edge of the highest band, 0–100, not below ``low``.
        near: points beyond either edge that count as no difference from what lies between.
    """
    below = _share_below(scores, low)
    above = 1 - _share_below(scores, high)
    around = _share_below(scores, high + near) - _share_below(scores, low - near)
    gap = np.where(scores.value < low, scores.value - low, np.maximum(scores.value - high, 0.0))
    return Chances(gap, above, below, around).only(_real(layout) & scores.estimated)


def _real(layout: AreaLayout) -> NDArray[np.bool_]:
    return np.array([code != REMAINDER for code in layout.code], dtype=bool)


def _differences(gap: Vector, mse: Vector, df: Vector, near: float) -> Chances:
    se = np.sqrt(mse)
    below = _t_below(-gap, se, df)
    above = 1 - _t_below(-gap, se, df)
    around = _t_below(near - gap, se, df) - _t_below(-near - gap, se, df)
    # Without error, an area exactly at the bar is neither above nor below.
    level = (se == 0) & (gap == 0)
    return Chances(gap, np.where(level, 0.0, above), np.where(level, 0.0, below), around)


def _t_below(edge: Vector, se: Vector, df: Vector) -> Vector:
    """Return the probability that a centred t with this error lies below an edge, same shape."""
    with np.errstate(divide="ignore", invalid="ignore"):
        steps = np.where(se > 0, edge / se, np.sign(edge) * np.inf)
    steps = np.where((se == 0) & (edge == 0), 0.0, steps)
    normal = special.ndtr(steps)
    student = special.stdtr(np.where(np.isfinite(df), np.maximum(df, 1.0), 1.0), steps)
    return np.where(np.isfinite(df) | np.isnan(df), student, normal)


def _share_below(scores: AreaScores, edge: float) -> Vector:
    """Return the probability that the true score lies below an edge of 0–100, shape (m,)."""
    if edge <= 0:
        return np.zeros_like(scores.value)
    if edge >= TOP:
        return np.ones_like(scores.value)
    p = np.clip(scores.value / TOP, INSIDE, 1 - INSIDE)
    spread = scores.se / TOP / (p * (1 - p))
    return _t_below(special.logit(edge / TOP) - special.logit(p), spread, scores.df)
