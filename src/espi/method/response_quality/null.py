"""The null distribution: how alike units of respondents are that came together by chance (C8)."""

from __future__ import annotations

from math import ceil

import numpy as np
from numpy.typing import NDArray

from espi.method.response_quality.ceiling import tilt
from espi.method.response_quality.profile import Floats, Integers, Profile
from espi.method.response_quality.statistics import Layout, unit_statistics

WINDOWS, NARROWEST, WIDEST = 75, 40, 400  # how many, and respondents of like level in one
DRAWS = 100_000  # random units in all, over the nation
FEWEST, MOST = 50, 2_000  # permutations
CELL = 2_000  # random units that a unit is compared with, at least
BULK = 60  # units of similar size, from which honest homogeneity can be estimated
LEAST_SPREAD = 1e-9  # below it a statistic cannot vary, and shows nothing
CROWD = 3  # the statistic that comes in standard deviations; rare counts must not inflate it
COUNTED = 25  # random values as large that make a count good enough
TAIL = 250  # largest random values that the tail is fitted to


def permutations_for(units: int) -> int:
    """Return how many permutations give every unit enough random units to compare with."""
    return int(np.clip(ceil(DRAWS / max(units, 1)), FEWEST, MOST))


def window(people: int) -> int:
    """Return how many respondents of neighbouring level may be exchanged for one another (C8).

    Wide enough that the copies of one form, all of one level, do not fill a window.
    """
    return int(np.clip(people // WINDOWS, NARROWEST, WIDEST))


def shuffled(rows: Integers, level: Floats, rng: np.random.Generator) -> Integers:
    """Return the rows with people of neighbouring level put in one another's places (C8).

    Args:
        rows: respondents in the order of the layout, shape (n,).
        level: level of each respondent, shape (n,).
        rng: the source of chance.
    """
    sorted_places = np.lexsort((rng.random(rows.size), level[rows]))
    width = window(rows.size)
    windows = (np.arange(rows.size) + rng.integers(width)) // width
    mixed = sorted_places[np.lexsort((rng.random(rows.size), windows))]
    result = np.empty_like(rows)
    result[sorted_places] = rows[mixed]
    return result


def draw(
    person: Profile, where: Layout, *, near: float, times: int, rng: np.random.Generator
) -> Floats:
    """Return the statistics of every unit under ``times`` permutations, shape (times, u, 4) (C8).

    Args:
        person: the answers without their level.
        where: the units.
        near: cosine above which two respondents count as near each other (C6).
        times: how many permutations.
        rng: the source of chance.
    """
    nation = tilt(person.level)
    middle = unit_levels(person.level, where)
    return np.stack([
        _together(
            unit_statistics(person, shuffled(where.order, person.level, rng), where, near),
            nation.statistic(nation.random_levels(middle, where.size, rng), where),
        )
        for _again in range(times)
    ])  # fmt: skip


def observe(person: Profile, where: Layout, *, near: float) -> Floats:
    """Return the statistics of every unit as it answered, shape (u, 4) (arguments: ``draw``)."""
    crowd = tilt(person.level).statistic(person.level[where.order], where)
    return _together(unit_statistics(person, where.order, where, near), crowd)


def unit_levels(level: Floats, where: Layout) -> Floats:
    """Return the mean level of every unit, shape (u,)."""
    middle: Floats = np.add.reduceat(level[where.order], where.start) / where.size
    return middle


def _together(of_pattern: Floats, crowd: Floats) -> Floats:
    """Return the three statistics of pattern and the one of level as one table, shape (u, 4)."""
    return np.column_stack([of_pattern, crowd])


def cells(size: Integers, level: Floats, least: int) -> Integers:
    """Return the cell of each unit: at least ``least`` units of like size, then of like level (C8).

    Args:
        size: respondents, shape (u,).
        level: mean level of the unit, shape (u,).
        least: fewest units in a cell; all units are one cell where there are fewer.
    """
    cell = np.zeros(size.size, dtype=np.int64)
    last = 0
    for band in _size_bands(size, least):
        parts = max(band.size // least, 1)
        for part in np.array_split(band[np.argsort(level[band], kind="stable")], parts):
            cell[part] = last
            last += 1
    return cell


def _size_bands(size: Integers, least: int) -> list[Integers]:
    """Return the units in bands of like size (a fifth apart), joined until each is large enough."""
    key = np.round(4 * np.log2(size)).astype(np.int64)
    bands: list[Integers] = []
    waiting = np.empty(0, dtype=np.int64)
    for value in np.unique(key):
        waiting = np.concatenate([waiting, np.flatnonzero(key == value)])
        if waiting.size >= least:
            bands.append(waiting)
            waiting = np.empty(0, dtype=np.int64)
    if waiting.size and bands:
        bands[-1] = np.concatenate([bands[-1], waiting])
    return bands or [waiting]


def standardised(observed: Floats, null: Floats, cell: Integers) -> tuple[Floats, Floats]:
    """Return observed and random statistics in standard deviations of their cell's null (C8).

    Args:
        observed: shape (u, 4).
        null: shape (times, u, 4).
        cell: shape (u,).
    """
    z, z_null = np.empty_like(observed), np.empty_like(null)
    for group in np.unique(cell):
        in_group = cell == group
        middle = null[:, in_group].mean(axis=(0, 1))
        spread = null[:, in_group].std(axis=(0, 1))
        spread = np.where(spread > LEAST_SPREAD, spread, np.inf)
        spread[CROWD] = max(null[:, in_group, CROWD].std(), 1.0)
        z[in_group], z_null[:, in_group] = (
            (observed[in_group] - middle) / spread,
            (null[:, in_group] - middle) / spread,
        )
    return z, z_null


def less_honest_homogeneity(z: Floats, z_null: Floats, size: Integers) -> Floats:
    """Take from every unit the homogeneity that most units of its size have too (C8).

    The middle and the lower half of the units show what honest colleagues have in common; coached
    units, as long as they are few, are in the upper half. No unit becomes more suspect by it.

    Source: after Efron (2004), JASA 99(465), 96–104, the empirical null.
    """
    fair = z.copy()
    if size.size < BULK:
        return fair
    for band in _size_bands(size, BULK):
        low, middle = np.quantile(z[band], [0.25, 0.5], axis=0)
        usual_low, usual = np.quantile(z_null[:, band], [0.25, 0.5], axis=(0, 1))
        reach, usual_reach = middle - low, np.maximum(usual - usual_low, 1e-9)
        shift = np.maximum(middle - usual, 0.0)
        stretch = np.maximum(np.where(usual > usual_low, reach / usual_reach, 1.0), 1.0)
        fair[band] = (z[band] - shift) / stretch
    return fair


def tail_p(observed: float, null: NDArray[np.float64]) -> float:
    """Return the probability of a random value at least as large as the observed one (C8).

    Counted where 25 random values or more are as large; beyond that from a generalised Pareto
    tail fitted by moments, its shape kept at 0 or above, so that no value is impossible by chance.

    Args:
        observed: the unit's value.
        null: random values of its cell, sorted, shape (r,).

    Source: Davison and Hinkley (1997), equation (4.11), for the count; Knijnenburg, Wessels,
    Reinders and Shmulevich (2009), Bioinformatics 25(12), i161–i168, for the tail; Hosking and
    Wallis (1987), Technometrics 29(3), 339–349, for its moments.
    """
    from scipy import stats  # here: it takes longer to import than commands that do not need it run

    above = null.size - int(np.searchsorted(null, observed, side="left"))
    counted = (1 + above) / (1 + null.size)
    taken = min(TAIL, null.size // 10)
    if above >= COUNTED or taken < COUNTED:
        return counted
    threshold = float(null[-taken - 1])
    beyond = null[-taken:] - threshold
    mean, spread = float(beyond.mean()), float(beyond.var())
    if spread == 0:
        return counted
    shape = max(0.5 * (1 - mean**2 / spread), 0.0)
    scale = mean * (1 - shape)
    return taken / null.size * float(stats.genpareto.sf(observed - threshold, shape, scale=scale))
