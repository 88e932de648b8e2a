"""How far joining strata moves the components of an index, and what may be published of it (M30).

Once strata are joined, all their answers have one weight. The component moves by

    Δ = Σ_h (r_h·w̄ - N_h)·ȳ_h / N

where w̄ is the weight of the joined stratum and ȳ_h the mean of a stratum that lost its name. So Δ
to many digits would tell the mean of fewer than ten people. What is published is a bound on a
coarse ladder that is never finer than 25 points in any ȳ_h, one step of a five-step scale.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from espi.method.estimation.domains import domain_design
from espi.method.index.evaluation import component
from espi.method.index.layout import AgencyFacts, Answers, StratumFacts, lay_out
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import GROUPS, Specification

LADDER = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)  # points of the scale of 0-100
STEP = 25.0  # points: one step of a five-step scale
ROUNDING = 1e-9  # of a share of people; below it weights are the same


@dataclass(frozen=True, slots=True)
class Shift:
    """How far joining moved a component of an agency.

    Attributes:
        points: joined less not joined, on the scale of 0-100. Never published: see above.
        share: the largest share of the component's people who came to be spoken for by another
            stratum's answers, 0-1.
    """

    points: float
    share: float

    @property
    def bound(self) -> float:
        """Points that the shift does not exceed, as published; 0 where weights are equal."""
        if self.share <= ROUNDING and abs(self.points) <= ROUNDING:
            return 0.0
        least = max(abs(self.points), STEP * self.share)
        return next((step for step in LADDER if step >= least), LADDER[-1])


@dataclass(frozen=True, slots=True)
class Layout:
    """The records of a wave under one way to name its strata.

    Attributes:
        rows: usable records, with ``true``: the stratum that was sealed.
        strata: as ``rows`` names them.
    """

    rows: pl.DataFrame
    strata: Sequence[StratumFacts]


def shifts(
    specification: Specification,
    items: Sequence[ScoredItem],
    agencies: Sequence[AgencyFacts],
    before: Layout,
    after: Layout,
) -> dict[str, dict[str, Shift]]:
    """Return by agency and group how far each component moved, where any weight changed.

    Components with too few answers for a number have no shift.

    Args:
        specification: of the index.
        items: scored, with their weights.
        agencies: of the wave; codes are enough.
        before: the records under their own strata.
        after: the same under joined ones.

    Raises:
        MethodError: one of the two cannot be estimated from.
    """
    old, new = (_laid_out(layout, agencies) for layout in (before, after))
    moves: dict[str, dict[str, Shift]] = {}
    for group in GROUPS:
        moved = _values(specification, items, new, group) - _values(
            specification, items, old, group
        )
        shares = _shares(old, new, group)
        for position, agency in enumerate(agencies):
            share = shares.get(agency.code, 0.0)
            points = float(moved[position])
            if not np.isnan(points) and (share > ROUNDING or abs(points) > ROUNDING):
                moves.setdefault(agency.code, {})[group] = Shift(points, share)
    return moves


def _laid_out(layout: Layout, agencies: Sequence[AgencyFacts]) -> Answers:
    """Lay the records out; a forged label may crowd a stratum, which must stop no opening."""
    counts = dict(layout.rows["stratum"].value_counts().iter_rows())
    strata = [
        StratumFacts(s.code, s.agency, s.group, max(s.population, counts.get(s.code, 0)))
        for s in layout.strata
    ]
    return lay_out(layout.rows, agencies, strata)


def _values(
    specification: Specification, items: Sequence[ScoredItem], answers: Answers, group: str
) -> np.ndarray:
    design = domain_design(answers.agencies, answers.stratum, answers.strata.population)
    own = [item for item in items if item.group == group]
    value: np.ndarray = component(specification, own, answers, design, group).figures.value
    return value


def _shares(old: Answers, new: Answers, group: str) -> Mapping[str, float]:
    """Return by agency the largest |r_h·w̄ - N_h| / N over its strata."""
    people = [
        answers.rows.select("agency", "true")
        .with_columns(people=pl.Series(answers.weight))
        .filter(pl.Series(answers.of_group(group)))
        .group_by("agency", "true")
        .agg(pl.col("people").sum())
        for answers in (old, new)
    ]
    keys = ["agency", "true"]
    both = people[0].join(people[1], on=keys, how="full", coalesce=True, suffix="_new")
    moved = (pl.col("people_new").fill_null(0.0) - pl.col("people").fill_null(0.0)).abs().max()
    table = both.group_by("agency").agg(share=moved / pl.col("people").sum())
    return dict(table.iter_rows())
