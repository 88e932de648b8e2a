"""Weights that meet known population counts, for many agencies at once (docs/method, M21).

Each part (an agency, or an agency's group) is calibrated to totals of its own. Respondents with the
same auxiliary values move together, so the work is done on the distinct patterns: a few thousand
rows for six hundred agencies.

Source: Deville and Särndal (1992), J. Am. Stat. Assoc. 87(418).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import ImpossibleMargin
from espi.method.estimation.kernel import Index, Vector, summed_by
from espi.method.weighting.distance import Distance

Matrix = NDArray[np.float64]
MOST_ROUNDS = 50  # Newton steps; after so many the margins count as impossible
CLOSE = 1e-10  # of a total, relative
WILD = 2.0  # a step may raise the misfit so many times before it is halved
SINGULAR = 1e-10  # of the largest eigenvalue
MOST_BITS, MOST_CODES = 20, 50_000_000  # patterns of zeros and ones that are numbered directly


@dataclass(frozen=True, slots=True, eq=False)
class Auxiliary:
    """The auxiliary values of every respondent, and their totals in every population.

    Attributes:
        part: which part each respondent is in, shape (n,).
        values: auxiliary values, or zeros and ones for categories, shape (n, p).
        totals: population totals per part, shape (parts, p).
        names: of the p margins, for messages.
    """

    part: Index
    values: Matrix
    totals: Matrix
    names: Sequence[str]


@dataclass(frozen=True, slots=True, eq=False)
class Patterns:
    """The distinct auxiliary values of each part, q of them.

    Attributes:
        distinct: one row per pattern.
        pattern: which pattern each respondent has, shape (n,).
        mass: base weight on each pattern, shape (q,).
    """

    distinct: Auxiliary
    pattern: Index
    mass: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Calibrated:
    """Weights that meet the totals, with the patterns that variances of estimates need.

    Attributes:
        weight: shape (n,).
        base: the weights before, shape (n,).
        rounds: Newton steps that were needed.
    """

    weight: Vector
    base: Vector
    rounds: int
    patterns: Patterns

    @property
    def factor(self) -> Vector:
        """What each base weight was multiplied by (g), shape (n,)."""
        return self.weight / self.base

    def residual(self, influence: Vector) -> Vector:
        """Return influence values of calibrated estimates: their residual on the margins (M22).

        The regression uses the base weights, as Deville and Särndal, and R's ``calibrate``.

        Args:
            influence: of an estimate made with the calibrated weights, shape (n,).
        """
        distinct, pattern = self.patterns.distinct, self.patterns.pattern
        z = influence / self.weight
        pulled = summed_by(pattern, self.base * z, self.patterns.mass.size)
        moment = _by_part(distinct, distinct.values * pulled[:, None])
        slope = _solved(_cross(distinct, self.patterns.mass), moment)
        fitted = (distinct.values * slope[distinct.part]).sum(axis=1)
        residual: Vector = self.weight * (z - fitted[pattern])
        return residual


def calibrate(base: Vector, auxiliary: Auxiliary, distance: Distance) -> Calibrated:
    """Return the weights nearest to ``base`` that meet the totals of every part.

    Args:
        base: design weights, shape (n,), positive.
        auxiliary: values of the respondents, and totals to meet.
        distance: linear (GREG), raking, or logit within bounds.

    Raises:
        ImpossibleMargin: no such weights were found; the margin that cannot be met is named.
    """
    grouped = find_patterns(auxiliary, base)
    patterns, mass = grouped.distinct, grouped.mass
    _refuse_empty(patterns, mass)
    slope = np.zeros(patterns.totals.shape)
    misfit = patterns.totals - _by_part(patterns, mass[:, None] * patterns.values)
    for round_number in range(1, MOST_ROUNDS + 1):
        u = (patterns.values * slope[patterns.part]).sum(axis=1)
        step = _solved(_cross(patterns, mass * distance.derivative(u)), misfit)
        slope, factor, misfit = _stepped(patterns, mass, distance, slope, step)
        if (np.abs(misfit) <= CLOSE * (1 + np.abs(patterns.totals))).all():
            if (factor <= 0).any() and not distance.allows_negative:
                break
            return Calibrated(base * factor[grouped.pattern], base, round_number, grouped)
    raise ImpossibleMargin(_furthest(patterns, misfit, distance))


def _stepped(
    patterns: Auxiliary, mass: Vector, distance: Distance, slope: Matrix, step: Matrix
) -> tuple[Matrix, Vector, Matrix]:
    """Take a Newton step; a part that it would throw far off goes half the way, and again."""
    before = _far(patterns, mass, distance, slope)[2]
    factor, misfit, far = _far(patterns, mass, distance, slope + step)
    for _halving in range(MOST_ROUNDS):
        wild = ~(far <= WILD * before + CLOSE)
        if not wild.any():
            break
        step = np.where(wild[:, None], step / 2, step)
        factor, misfit, far = _far(patterns, mass, distance, slope + step)
    return slope + step, factor, misfit


def _far(
    patterns: Auxiliary, mass: Vector, distance: Distance, slope: Matrix
) -> tuple[Vector, Matrix, Vector]:
    """Return factors and misfit of every margin, and how far each part is off, relative."""
    factor = distance.factor((patterns.values * slope[patterns.part]).sum(axis=1))
    with np.errstate(over="ignore", invalid="ignore"):
        reached = _by_part(patterns, (mass * factor)[:, None] * patterns.values)
    misfit = patterns.totals - reached
    return factor, misfit, (np.abs(misfit) / (1 + np.abs(patterns.totals))).max(axis=1)


def find_patterns(auxiliary: Auxiliary, base: Vector) -> Patterns:
    """Return the distinct patterns of auxiliary values in each part."""
    key = _codes(auxiliary)
    first = np.full(int(key.max()) + 1, -1, dtype=np.int64)
    first[key[::-1]] = np.arange(key.size - 1, -1, -1)
    present = np.flatnonzero(first >= 0)
    number = np.zeros(first.size, dtype=np.int64)
    number[present] = np.arange(present.size)
    rows, pattern = first[present], number[key]
    distinct = Auxiliary(
        auxiliary.part[rows], auxiliary.values[rows], auxiliary.totals, auxiliary.names
    )
    return Patterns(distinct, pattern, summed_by(pattern, base, rows.size))


def _codes(auxiliary: Auxiliary) -> Index:
    """Return a number for the pattern of each row, equal where part and values are, (n,)."""
    values, p = auxiliary.values, auxiliary.values.shape[1]
    if p <= MOST_BITS and ((values == 0) | (values == 1)).all():
        code: Index = (values @ (2.0 ** np.arange(p))).astype(np.int64)
        code = code + auxiliary.part * 2**p
        return code if code.max() < MOST_CODES else np.unique(code, return_inverse=True)[1]
    code = auxiliary.part
    for column in values.T:
        kinds, kind = np.unique(column, return_inverse=True)
        code = np.unique(code * kinds.size + kind, return_inverse=True)[1]
    return code


def _by_part(aux: Auxiliary, rows: Matrix) -> Matrix:
    parts = aux.totals.shape[0]
    columns = [summed_by(aux.part, column, parts) for column in rows.T]
    return np.stack(columns, axis=1)


def _cross(aux: Auxiliary, weight: Vector) -> NDArray[np.float64]:
    """Return Σ weight·x·xᵀ per part, shape (parts, p, p)."""
    p = aux.values.shape[1]
    cross = np.empty((aux.totals.shape[0], p, p))
    for i in range(p):
        cross[:, i:, i] = _by_part(aux, (weight * aux.values[:, i])[:, None] * aux.values[:, i:])
        cross[:, i, i:] = cross[:, i:, i]
    return cross


def _solved(cross: NDArray[np.float64], right: Matrix) -> Matrix:
    """Return the least solution of each part's equations; margins may overlap (rank deficient).

    Each margin is scaled to length one first, so that counts and scores do not cost digits.
    """
    size = np.sqrt(np.einsum("aii->ai", cross))
    scale = 1 / np.where(size > 0, size, 1.0)
    even = cross * scale[:, :, None] * scale[:, None, :]
    inverse = np.linalg.pinv(even, rcond=SINGULAR, hermitian=True)
    solved: Matrix = scale * np.einsum("aij,aj->ai", inverse, scale * right)
    return solved


def _refuse_empty(patterns: Auxiliary, mass: Vector) -> None:
    """Refuse a margin that has people but no respondent, before any arithmetic."""
    present = _by_part(patterns, mass[:, None] * np.abs(patterns.values))
    empty = np.argwhere((present == 0) & (patterns.totals != 0))
    if empty.size:
        part, margin = empty[0]
        raise ImpossibleMargin(
            f"margin {patterns.names[margin]!r}{_of_part(patterns, part)} has "
            f"{patterns.totals[part, margin]:g} people and no respondent: join it to another"
        )


def _of_part(patterns: Auxiliary, part: int) -> str:
    """Return which part a message is about; nothing where there is only one."""
    return f" of part {part}" if patterns.totals.shape[0] > 1 else ""


def _furthest(patterns: Auxiliary, misfit: Matrix, distance: Distance) -> str:
    relative = np.abs(misfit) / (1 + np.abs(patterns.totals))
    part, margin = map(int, np.unravel_index(int(relative.argmax()), relative.shape))
    missing = misfit[part, margin]
    return (
        f"margin {patterns.names[margin]!r}{_of_part(patterns, part)} cannot be met by "
        f"{distance.name}: "
        f"{patterns.totals[part, margin]:g} people are wanted, "
        f"{abs(missing):.6g} {'short' if missing > 0 else 'over'} after {MOST_ROUNDS} rounds; "
        "the margins contradict each other, or the bounds are too narrow"
    )
