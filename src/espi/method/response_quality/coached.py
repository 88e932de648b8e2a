"""Finds units that answered more alike than their size, level and questionnaire explain.

A flag asks a person to decide, with a reason; no answer is deleted or weighted down here.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil

import numpy as np

from espi.method.comparison.multiplicity import adjusted
from espi.method.response_quality import null as chance
from espi.method.response_quality.profile import Floats, Integers, profile
from espi.method.response_quality.statistics import (
    cosine_at,
    largest_group,
    layout,
)

FDR = 0.05
NAMES = ("similarity", "collapse", "burst", "crowd")
SMALLEST = 3  # respondents; two people alike are twins, not a unit
NEAR, ALIKE = 0.99, 0.9  # share of random pairs below "near"; cosine of "one pattern"


@dataclass(frozen=True, slots=True)
class UnitFinding:
    """The answers of one unit compared with random units of its size and level.

    Attributes:
        unit: the label given by the caller.
        agency: the label of its agency.
        size: respondents who answered anything.
        level: mean level, 0–1.
        similarity: excess pairwise similarity in standard deviations of chance (C4).
        collapse: missing variance, likewise (C5).
        burst: density of the densest group, likewise (C6).
        crowd: people at the very top beyond what the unit's level explains, likewise (C7).
        largest_group: respondents around one pattern; 1 where no two are alike.
        p: probability of so extreme a unit by chance (C8); NaN when too small to be tested.
        q: the false-discovery rate at which it is flagged (C9); NaN likewise.
        flagged: whether q is at most the rate asked for.
    """

    unit: int
    agency: int
    size: int
    level: float
    similarity: float
    collapse: float
    burst: float
    crowd: float
    largest_group: int
    p: float
    q: float
    flagged: bool


def assess(
    answers: Floats,
    unit: Integers,
    agency: Integers,
    *,
    rng: np.random.Generator,
    fdr: float = FDR,
    permutations: int | None = None,
) -> list[UnitFinding]:
    """Return a finding for every unit, in the order of the unit labels (C1 to C9).

    All answers must come from one questionnaire: one call for each group of respondents. The same
    answers and the same state of ``rng`` give the same findings.

    Args:
        answers: category codes in the order of the scale, the good end alike for all items,
            shape (n, items); NaN where missing.
        unit: label of each respondent's unit, shape (n,).
        agency: label of each respondent's agency, shape (n,); a unit lies in one agency.
        rng: the source of chance.
        fdr: false-discovery rate over all units, 0–1.
        permutations: how often respondents change places; chosen by the number of units if None.
    """
    answered = ~np.isnan(answers).all(axis=1)
    if not answered.any():
        return []
    units, unit_at = np.unique(unit[answered], return_inverse=True)
    agencies, owner = np.unique(agency[answered], return_inverse=True)
    where, person = layout(unit_at, owner), profile(answers[answered])
    level = chance.unit_levels(person.level, where)
    near = cosine_at(person.pattern, NEAR, rng)
    times = permutations or chance.permutations_for(units.size)
    null = chance.draw(person, where, near=near, times=times, rng=rng)
    observed = chance.observe(person, where, near=near)
    cell = chance.cells(where.size, level, ceil(chance.CELL / times))
    z, p = _judged(observed, null, cell, where.size)
    q = adjusted(p)
    groups = largest_group(person.pattern[where.order], where, ALIKE)
    return [
        UnitFinding(
            unit=int(units[u]),
            agency=int(agencies[where.agency[u]]),
            size=int(where.size[u]),
            level=float(level[u]),
            **{name: float(value) for name, value in zip(NAMES, z[u], strict=True)},
            largest_group=int(groups[u]),
            p=float(p[u]),
            q=float(q[u]),
            flagged=bool(q[u] <= fdr),
        )
        for u in range(units.size)
    ]


def _judged(
    observed: Floats, null: Floats, cell: Integers, size: Integers
) -> tuple[Floats, Floats]:
    """Return the fair statistics, shape (u, 4), and each unit's p-value, shape (u,) (C8).

    The least of the four p-values, times four (Bonferroni): no statistic drowns the others.
    """
    z, z_null = chance.standardised(observed, null, cell)
    z = chance.less_honest_homogeneity(z, z_null, size)
    p = np.full(size.size, np.nan)
    for group in np.unique(cell):
        in_group = cell == group
        random = np.sort(z_null[:, in_group].reshape(-1, len(NAMES)), axis=0)
        for u in np.flatnonzero(in_group & (size >= SMALLEST)):
            each = [chance.tail_p(float(z[u, k]), random[:, k]) for k in range(len(NAMES))]
            p[u] = min(1.0, len(NAMES) * min(each))
    return z, p
