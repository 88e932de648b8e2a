"""The one variance kernel: stratified, clustered at the first stage, with finite population.

Every Taylor variance is computed here, from two sums per cell of domain and stratum: of the
influence of the sampled units, and of its square.

Source: Särndal, Swensson and Wretman (1992), section 3.7; golden numbers from R survey
``svyrecvar``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import ImpossibleDesign, LonelyPSU
from espi.method.estimation.lonely import Lonely

Vector = NDArray[np.float64]
Index = NDArray[np.int64]


def summed_by(index: Index, column: Vector, size: int) -> Vector:
    """Return the sum of a column over equal indices, always in the order of the rows, (size,).

    Args:
        index: 0-based, below ``size``, shape (n,).
        column: shape (n,).
        size: how many sums.
    """
    result: Vector = np.bincount(index, weights=column, minlength=size).astype(np.float64)
    return result


@dataclass(frozen=True, slots=True, eq=False)
class Strata:
    """The sampled units and populations of the strata, h of them.

    Attributes:
        sampled: units (clusters, or persons) in the sample, shape (h,); all respondents of the
            stratum, also those outside a domain or with the item missing.
        population: units in the population, shape (h,); ``inf`` for sampling with replacement.
    """

    sampled: Vector
    population: Vector

    def __post_init__(self) -> None:
        """Refuse a sample that is larger than its population.

        Raises:
            ImpossibleDesign: a stratum has more sampled units than it has units.
        """
        if (over := np.flatnonzero(self.sampled > self.population)).size:
            raise ImpossibleDesign(f"more sampled than there are in strata {over.tolist()}")

    def infinite(self) -> Strata:
        """Return the same sample of an infinite population: no finite population correction."""
        return Strata(self.sampled, np.full_like(self.population, np.inf))

    def factors(self, lonely: Lonely, present: Index) -> tuple[Vector, Vector]:
        """Return (1 − n/N)·n/(n−1) and the share of centring, 0 or 1, both shape (h,).

        Args:
            lonely: the rule for strata of one sampled unit.
            present: the strata that the sums are about; others may be lonely.

        Raises:
            LonelyPSU: the rule is ``FAIL`` and one of the strata present is lonely.
        """
        unsampled = 1 - self.sampled / self.population
        alone = (self.sampled == 1) & (unsampled > 0)
        if lonely is Lonely.FAIL and (refused := present[alone[present]]).size:
            raise LonelyPSU(np.unique(refused).tolist())
        scale = unsampled * np.where(alone, 1.0, self.sampled / np.maximum(self.sampled - 1, 1))
        if lonely is not Lonely.ADJUST:
            scale = np.where(alone, 0.0, scale)
        return scale, np.where(alone, 0.0, 1 / np.maximum(self.sampled, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells of domain × stratum, c of them, 0-based.

    Attributes:
        domain: shape (c,), values 0 … domains − 1.
        stratum: shape (c,).
        domains: how many domains there are.
    """

    domain: Index
    stratum: Index
    domains: int

    def summed(self, column: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the sums over the cells of each domain; shape (c, k) gives (domains, k)."""
        if column.ndim == 1:
            return summed_by(self.domain, column, self.domains)
        return np.stack([self.summed(part) for part in column.T], axis=1)


def covariance_of_sums(
    cross: NDArray[np.float64],
    u_sums: NDArray[np.float64],
    v_sums: NDArray[np.float64],
    cells: Cells,
    strata: Strata,
    lonely: Lonely = Lonely.FAIL,
) -> NDArray[np.float64]:
    r"""Return the covariance of two totals of influences, u and v, in every domain (M8).

    .. math:: \sum_h (1 - n_h / N_h) \frac{n_h}{n_h - 1}
              (\sum_c u_c v_c - \sum_c u_c \sum_c v_c / n_h)

    A stratum taken whole contributes nothing, even with a single unit. Under ``ADJUST`` a lonely
    unit counts whole, so influences must have been centred on their overall mean.

    Args:
        cross: Σ u·v over the sampled units of each cell, shape (c,) or (c, k).
        u_sums: Σ u, same shape.
        v_sums: Σ v, same shape.
        cells: domain and stratum of each cell.
        strata: their sampled units and populations.
        lonely: the rule for strata of one unit.

    Returns:
        Shape (domains,) or (domains, k).

    Raises:
        LonelyPSU: a stratum has a single unit and more people, and the rule is to refuse.
    """
    scale, centred = strata.factors(lonely, cells.stratum)
    expand = (..., None) if cross.ndim > 1 else (...,)
    spread = cross - u_sums * v_sums * centred[cells.stratum][expand]
    result = cells.summed(scale[cells.stratum][expand] * spread)
    if lonely is Lonely.AVERAGE:
        result = result * _averaged(cells, strata)[expand]
    return result


def variance_of_sums(
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    cells: Cells,
    strata: Strata,
    lonely: Lonely = Lonely.FAIL,
) -> NDArray[np.float64]:
    """Return the variance of a total of influences in every domain (M8).

    Args:
        first: Σ u over the sampled units of each cell, shape (c,) or (c, k).
        second: Σ u², same shape.
        cells: domain and stratum of each cell.
        strata: their sampled units and populations.
        lonely: the rule for strata of one unit.

    Returns:
        Shape (domains,) or (domains, k), never below zero.

    Raises:
        LonelyPSU: a stratum has a single unit and more people, and the rule is to refuse.
    """
    return np.maximum(covariance_of_sums(second, first, first, cells, strata, lonely), 0.0)


def effective_df(first: Vector, second: Vector, cells: Cells, strata: Strata) -> Vector:
    r"""Return how many degrees of freedom a variance is worth in every domain (M10).

    .. math:: (\sum_h V_h)^2 / \sum_h V_h^2 / (n_h - 1)

    Units less strata where all strata are alike; fewer where a small stratum carries the variance.
    Infinite where there is no variance.

    Args:
        first: Σ u over the sampled units of each cell, shape (c,) or (c, k).
        second: Σ u², same shape.
        cells: domain and stratum of each cell.
        strata: their sampled units and populations.

    Source: Satterthwaite (1946), Biometrics Bulletin 2(6).
    """
    scale, centred = strata.factors(Lonely.CERTAINTY, cells.stratum)
    expand = (..., None) if first.ndim > 1 else (...,)
    spread = second - first * first * centred[cells.stratum][expand]
    part = np.maximum(scale[cells.stratum][expand] * spread, 0.0)
    steps = np.maximum(strata.sampled - 1, 1)[cells.stratum][expand]
    whole, below = cells.summed(part), cells.summed(part * part / steps)
    return np.where(below > 0, whole**2 / np.where(below > 0, below, 1.0), np.inf)


def _averaged(cells: Cells, strata: Strata) -> Vector:
    alone = ((strata.sampled == 1) & (strata.population > 1)).astype(np.float64)
    count = cells.summed(np.ones(cells.domain.size))
    not_lonely = cells.summed(1 - alone[cells.stratum])
    return np.where(not_lonely > 0, count / np.maximum(not_lonely, 1), np.nan)
