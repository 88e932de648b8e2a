"""How far a model moves the scores of areas, and whether it fits them (docs/method, M36)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.estimation.kernel import Index, Vector
from espi.method.small_areas.scores import AreaScores

FAR = 3.0  # standard deviations: of 7,680 areas of a true model some twenty are further out


@dataclass(frozen=True, slots=True, eq=False)
class Diagnostics:
    """What a reader of a model's scores should know of them.

    Attributes:
        areas: that have a score.
        least_shrinkage: smallest weight of what the model expects, over the areas, 0–1.
        median_shrinkage: the middle one; ``most_shrinkage`` the largest.
        residual_mean: of the standardised residuals, about 0 if the model fits.
        residual_deviation: their standard deviation, about 1.
        far: positions of areas that lie more than three standard deviations from the model.
        moved: share of areas whose direct score lies outside the interval of their score, 0–1.
    """

    areas: int
    least_shrinkage: float
    median_shrinkage: float
    most_shrinkage: float
    residual_mean: float
    residual_deviation: float
    far: Index
    moved: float


def diagnostics(scores: AreaScores, direct: Vector) -> Diagnostics:
    """Return how far a model moved the scores; under direct estimates nothing moves.

    Args:
        scores: of the areas.
        direct: their direct scores, shape (m,).
    """
    inside = np.flatnonzero(scores.estimated)
    if not inside.size:
        nan = float("nan")
        return Diagnostics(0, nan, nan, nan, nan, nan, inside, nan)
    shrinkage, residual = 1 - scores.trust[inside], scores.residual[inside]
    own = direct[inside]
    outside = (own < scores.low[inside]) | (own > scores.high[inside])
    return Diagnostics(
        areas=int(inside.size),
        least_shrinkage=float(shrinkage.min()),
        median_shrinkage=float(np.median(shrinkage)),
        most_shrinkage=float(shrinkage.max()),
        residual_mean=float(residual.mean()),
        residual_deviation=float(residual.std()),
        far=inside[np.abs(residual) > FAR],
        moved=float(outside.mean()),
    )
