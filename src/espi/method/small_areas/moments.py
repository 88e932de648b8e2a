"""Unweighted moments of people's scores inside areas (docs/method, M32, M34)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Index, Vector

FOUR = 4  # people without whom a fourth cumulant has no estimate


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Moments of one column in m areas, each shape (m,), without weights.

    Attributes:
        n: people with a score.
        mean: NaN where there are none.
        square: Σ (y − mean)².
        fourth: Σ (y − mean)⁴.
    """

    n: Vector
    mean: Vector
    square: Vector
    fourth: Vector

    def of_areas(self, position: Index) -> Moments:
        """Return the moments of the areas at these positions."""
        parts = (self.n, self.mean, self.square, self.fourth)
        return Moments(*(part[position] for part in parts))

    @property
    def excess(self) -> float:
        """Excess kurtosis of people around their area's mean, pooled: κ₄ / σ⁴, at least −2.

        Of areas with four people and more, from k-statistics, which have no bias; 0 where people
        do not differ.

        Source: Kendall and Stuart, The Advanced Theory of Statistics 1, section 12.
        """
        used = self.n >= FOUR
        n, square, fourth = self.n[used], self.square[used], self.fourth[used]
        third = (n - 1) * (n - 2) * (n - 3)
        k4 = (n * (n + 1) * fourth - 3 * (n - 1) * square**2) / third
        s2 = square / (n - 1)
        sigma4 = (s2**2 - k4 / n) * (n - 1) / (n + 1)
        whole = float(n @ sigma4)
        return max(float(n @ k4) / whole, -2.0) if whole > 0 else 0.0


def moments(column: Vector, of: Partition) -> Moments:
    """Return the moments of a column, NaN where missing, in every area.

    Args:
        column: shape (n,).
        of: the area of each row; a row past the last area is of none.
    """
    inside = np.flatnonzero((of.domain < of.count) & ~np.isnan(column))
    area, y = of.domain[inside], column[inside]
    n = np.bincount(area, minlength=of.count).astype(np.float64)
    with np.errstate(invalid="ignore"):
        mean = np.bincount(area, y, of.count) / n
    gap = y - mean[area]
    square, fourth = (
        np.bincount(area, gap**power, of.count).astype(np.float64) for power in (2, 4)
    )
    return Moments(n, mean, square, fourth)
