"""Service categories over all agencies: the plain mean of their areas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Protocol

import numpy as np

from espi.method.estimation.intervals import TOP, logit_intervals
from espi.method.index.service_areas import AreaResult, CategoryResult
from espi.service_categories import CATEGORIES

NEAREST = 1e-6  # share of the scale: log-odds need a score inside it


class Scored(Protocol):
    """A score with its standard error, in points."""

    @property
    def score(self) -> float:
        """Of 0–100."""

    @property
    def se(self) -> float:
        """Its standard error."""


@dataclass(frozen=True, slots=True)
class CategoryMember:
    """A service area that speaks, as far as its category is computed from it.

    Attributes:
        agency: whose it is.
        n: respondents.
    """

    group: str
    category: str
    agency: str
    n: int
    model: Scored


def categories_of(
    by_agency: Sequence[Mapping[str, Sequence[AreaResult]]],
) -> list[CategoryResult]:
    """Return each category over the areas of all agencies that speak.

    Areas that are not shown are left out of the mean, not only of the page: one of them would
    follow from the mean and the others.
    """
    return category_means(list(_members(by_agency)))


def _members(
    by_agency: Sequence[Mapping[str, Sequence[AreaResult]]],
) -> Iterator[CategoryMember]:
    for number, groups in enumerate(by_agency):
        for group, areas in groups.items():
            for area in areas:
                if area.component:
                    model = area.component.model
                    yield CategoryMember(group, area.category, str(number), area.n, model)


def category_means(members: Sequence[CategoryMember]) -> list[CategoryResult]:
    """Return the plain mean of the members of each group and category, sorted by these."""
    cells: dict[tuple[str, str], list[CategoryMember]] = {}
    for member in members:
        if member.category in CATEGORIES:
            cells.setdefault((member.group, member.category), []).append(member)
    return [_mean(group, code, own) for (group, code), own in sorted(cells.items())]


def _mean(group: str, code: str, own: Sequence[CategoryMember]) -> CategoryResult:
    score = sum(member.model.score for member in own) / len(own)
    se = sqrt(sum(member.model.se**2 for member in own)) / len(own)
    inside = np.clip(np.array([score / TOP]), NEAREST, 1 - NEAREST)
    low, high = logit_intervals(inside, np.array([se / TOP]), np.array([np.inf]))
    return CategoryResult(
        group=group,
        code=code,
        name=CATEGORIES[code].name,
        n=sum(member.n for member in own),
        areas=len(own),
        agencies=len({member.agency for member in own}),
        score=score,
        se=se,
        ci_low=TOP * float(low[0]),
        ci_high=TOP * float(high[0]),
    )
