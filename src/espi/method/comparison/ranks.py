"""Simultaneous confidence sets for ranks (docs/method, M27).

A rank set holds every rank that an agency's true score may have. All sets together hold the whole
true order with the stated confidence.

Source: Mogstad, Romano, Shaikh and Wilhelm (2024), Review of Economic Studies 91(1), section 3:
simultaneous sets for all pairwise differences, with the stepwise refinement of Romano and Wolf
(2005), Econometrica 73(4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.kernel import Index, Vector

DRAWS = 1000  # the 95 % quantile of the largest difference moves by about 1 % from seed to seed
LEVEL = 0.95

Pairs = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class RankSets:
    """Where each agency's true rank may lie; 1 is the best.

    Attributes:
        rank: by the estimates, shape (k,).
        best: lower end of the set, shape (k,).
        worst: upper end, shape (k,).
        above: agency i is certainly better than j, shape (k, k).
    """

    rank: Index
    best: Index
    worst: Index
    above: Pairs

    def alike(self, agency: int) -> Index:
        """Return the agencies whose order to this one is not certain, itself included."""
        return np.flatnonzero(~self.above[agency] & ~self.above[:, agency])


def rank_sets(
    value: Vector, se: Vector, rng: np.random.Generator, *, level: float = LEVEL
) -> RankSets:
    """Return rank sets that hold all true ranks at once with probability ``level``.

    Args:
        value: estimates of independent samples, shape (k,); higher is better.
        se: their standard errors, shape (k,), not all zero.
        rng: for the draws of the largest studentised difference.
        level: 0–1.
    """
    difference = value[:, None] - value[None, :]
    spread = np.sqrt(se[:, None] ** 2 + se[None, :] ** 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(spread > 0, difference / spread, np.sign(difference) * np.inf)
    np.fill_diagonal(ratio, -np.inf)
    noise = rng.standard_normal((DRAWS, value.size)) * se
    above = _stepped(ratio, noise, spread, level)
    return RankSets(
        rank=1 + (difference < 0).sum(axis=1),
        best=1 + above.sum(axis=0),
        worst=value.size - above.sum(axis=1),
        above=above,
    )


def _stepped(ratio: Vector, noise: Vector, spread: Vector, level: float) -> Pairs:
    """Return which one-sided hypotheses "i is no better than j" fall, step by step."""
    above = np.zeros(ratio.shape, dtype=bool)
    while True:
        critical = np.quantile(_largest(noise, spread, ~above), level)
        fallen = (ratio > critical) & ~above
        if not fallen.any():
            return above
        above |= fallen


def _largest(noise: Vector, spread: Vector, open_pairs: Pairs) -> Vector:
    """Return, per draw, the largest studentised difference among the pairs still open."""
    scale = np.where(open_pairs & (spread > 0), 1 / np.where(spread > 0, spread, 1), 0.0)
    np.fill_diagonal(scale, 0.0)
    return np.array([((draw[:, None] - draw[None, :]) * scale).max() for draw in noise])
