"""Finds units with more people at the very top than their level explains (C7).

People who were coached to give the best answer everywhere leave no pattern that C4 to C6 could
find. But they form a crowd at the top, while their other colleagues answer at the usual levels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.response_quality.profile import Floats, Integers
from espi.method.response_quality.statistics import Layout

TOP = 0.975  # share of the nation below the top
# Tilts by exp(±60 · level), which move nearly everybody to one end of the scale; 241 of them over a
# table of 400 levels.
STEEPEST, GRID, PLACES = 60.0, 241, 400


@dataclass(frozen=True, slots=True)
class Tilt:
    """The nation's levels, tilted to any mean: the levels expected in a unit of that mean (C7).

    Attributes:
        top: level from which a respondent counts as at the top, 0–1.
        table: levels of the nation, sorted, shape (k,).
        mean: mean level under each tilt, increasing, shape (g,).
        share: share at the top under each tilt, shape (g,).
        cumulated: cumulated weight of the table under each tilt, shape (g, k).
    """

    top: float
    table: Floats
    mean: Floats
    share: Floats
    cumulated: Floats

    def statistic(self, level: Floats, where: Layout) -> Floats:
        """Return the crowd at the top of each unit, in standard deviations, shape (u,) (C7).

        Args:
            level: levels in the order of the layout, shape (n,).
            where: the units.
        """
        crowd = np.add.reduceat((level >= self.top - 1e-9).astype(np.float64), where.start)
        middle = np.add.reduceat(level, where.start) / where.size
        expected = where.size * np.interp(middle, self.mean, self.share)
        freed: Floats = np.sqrt(crowd) + np.sqrt(crowd + 1) - np.sqrt(4 * expected + 1)
        return freed

    def random_levels(self, middle: Floats, size: Integers, rng: np.random.Generator) -> Floats:
        """Return levels of random units of the given mean levels and sizes, shape (n,)."""
        tilt = np.interp(middle, self.mean, np.arange(self.mean.size)).round().astype(np.int64)
        tilts = np.repeat(tilt, size)
        stacked = (self.cumulated + np.arange(self.mean.size)[:, None]).ravel()
        at = np.searchsorted(stacked, tilts + rng.random(tilts.size), side="right")
        within = np.clip(at - tilts * self.table.size, 0, self.table.size - 1)
        levels: Floats = self.table[within]
        return levels


def tilt(level: Floats) -> Tilt:
    """Return the tilted nation of the respondents' levels, shape (n,), none missing (C7)."""
    table = np.quantile(level, (np.arange(PLACES) + 0.5) / PLACES)
    push = np.linspace(-STEEPEST, STEEPEST, GRID)[:, None] * (table - table.mean())
    weight = np.exp(push - push.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    top = float(np.quantile(level, TOP))
    return Tilt(
        top=top,
        table=table,
        mean=weight @ table,
        share=weight @ (table >= top - 1e-9),
        cumulated=np.cumsum(weight, axis=1),
    )
