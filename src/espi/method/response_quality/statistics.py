"""Three statistics of how alike a unit's answers are: similarity, collapse, burst (C4 to C6)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.response_quality.profile import Floats, Integers, Profile, Singles

AGENCY_PRIOR = 100  # other respondents of the agency that weigh as much as the whole nation
BATCH = 4_000_000  # pairs in memory at once: 16 MB


@dataclass(frozen=True, slots=True)
class Layout:
    """The rows of each unit, after sorting by unit.

    Attributes:
        order: rows of the answers, sorted by unit, shape (n,).
        start: first place of each unit in that order, shape (u,).
        size: respondents of each unit, shape (u,).
        agency: agency of each unit, 0 … a−1, shape (u,).
    """

    order: Integers
    start: Integers
    size: Integers
    agency: Integers


def layout(unit: Integers, agency: Integers) -> Layout:
    """Return the layout of respondents in units and agencies, both 0-based, shape (n,)."""
    order = np.argsort(unit, kind="stable")
    size = np.bincount(unit)
    start = np.cumsum(size) - size
    return Layout(order, start, size, agency[order][start])


def unit_statistics(person: Profile, rows: Integers, where: Layout, near: float) -> Floats:
    """Return the three statistics of every unit, shape (u, 3), larger for more alike (C4 to C6).

    Args:
        person: the answers without their level.
        rows: whose answers are at each place of the layout, shape (n,): the layout's own order,
            or a permutation of it.
        where: the units.
        near: cosine above which two respondents count as near each other (C6).
    """
    pattern = person.pattern[rows]
    similar = _similarity(pattern, where)
    return np.stack([similar, _collapse(person, rows, where), _burst(pattern, where, near)], axis=1)


def _sums(values: Singles, where: Layout) -> Floats:
    """Return the sums over the rows of each unit, shape (u, …)."""
    total: Floats = np.add.reduceat(values, where.start, axis=0).astype(np.float64)
    return total


def _similarity(pattern: Singles, where: Layout) -> Floats:
    """Return n times the mean cosine over pairs, less the agency's own habit, shape (u,) (C4)."""
    unit_sum = _sums(pattern, where)
    length = _sums(np.einsum("ij,ij->i", pattern, pattern), where)
    size = where.size[:, None].astype(np.float64)
    agencies = np.zeros((where.agency.max() + 1, unit_sum.shape[1]))
    np.add.at(agencies, where.agency, unit_sum)
    people = np.bincount(where.agency, where.size)[where.agency][:, None] - size
    habit = (agencies[where.agency] - unit_sum) / (people + AGENCY_PRIOR)
    beyond_habit = unit_sum - size * habit
    crossed = (unit_sum * habit).sum(axis=1)
    squares = length - 2 * crossed + where.size * (habit**2).sum(axis=1)
    similar: Floats = ((beyond_habit**2).sum(axis=1) - squares) / np.maximum(where.size - 1, 1)
    return similar


def _collapse(person: Profile, rows: Integers, where: Layout) -> Floats:
    """Return √n times the share of the expected variance that is missing, shape (u,) (C5)."""
    residual = person.residual[rows]
    seen = _sums(person.answered[rows].astype(np.float32), where)
    around = _sums(residual**2, where) - _sums(residual, where) ** 2 / np.maximum(seen, 1)
    inside = np.where(seen > 1, around / np.maximum(seen - 1, 1), 0.0).sum(axis=1)
    each = _sums(person.spread[rows], where) / np.maximum(seen, 1)
    expected = np.where(seen > 1, each, 0.0).sum(axis=1)
    ratio = np.where(expected > 0, inside / np.where(expected > 0, expected, 1.0), 1.0)
    missing: Floats = np.sqrt(where.size) * (1 - ratio)
    return missing


def _burst(pattern: Singles, where: Layout, near: float) -> Floats:
    """Return how dense the densest group of each unit is, shape (u,) (C6).

    For each respondent the excess of the cosines over ``near`` is summed over the others of the
    unit; the unit's value is the largest of these sums.
    """
    burst = np.zeros(where.size.size)
    for size in np.unique(where.size):
        units = np.flatnonzero(where.size == size)
        rows_of = where.start[units][:, None] + np.arange(size)
        parts = min(units.size * size**2 // BATCH + 1, units.size)
        for part in np.array_split(np.arange(units.size), parts):
            excess = _excess(pattern[rows_of[part]], near)
            burst[units[part]] = excess.sum(axis=2).max(axis=1)
    return burst


def _excess(pattern: Singles, near: float) -> Singles:
    """Return the cosine of each pair above ``near``, 0 for oneself, shape (units, size, size)."""
    cosine = pattern @ pattern.transpose(0, 2, 1)
    excess: Singles = np.maximum(cosine - near, 0.0).astype(np.float32)
    diagonal = np.arange(pattern.shape[1])
    excess[:, diagonal, diagonal] = 0.0
    return excess


def largest_group(pattern: Singles, where: Layout, alike: float) -> NDArray[np.int64]:
    """Return the respondents around one pattern in each unit, shape (u,); 1 for nobody alike (C6).

    Args:
        pattern: unit vectors in the order of the layout, shape (n, m).
        where: the units.
        alike: cosine from which two patterns count as one.
    """
    largest = np.ones(where.size.size, dtype=np.int64)
    for unit, (start, size) in enumerate(zip(where.start, where.size, strict=True)):
        rows = pattern[start : start + size]
        pairs = rows @ rows.T >= alike
        np.fill_diagonal(pairs, val=True)
        largest[unit] = int(pairs.sum(axis=1).max())
    return largest


def cosine_at(pattern: Singles, share: float, rng: np.random.Generator) -> float:
    """Return the cosine that ``share`` of random pairs of respondents stay below, −1 to 1 (C6)."""
    first, second = rng.integers(0, pattern.shape[0], (2, 20_000))
    apart = first != second
    cosine = np.einsum("ij,ij->i", pattern[first[apart]], pattern[second[apart]])
    return float(np.quantile(cosine, share)) if cosine.size else 1.0
