"""The results of a wave's service areas: scores, prevalence and verdicts of each.

The names of the fields are the names in the stored JSON; docs/reference/files.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from espi.method.index.scores import Score, Share, Words
from espi.method.small_areas.scores import Model
from espi.method.verdicts.verdict import Verdict


class Silence(StrEnum):
    """Why nothing is shown of a service area."""

    FEW = "few"  # fewer answers than the minimum cell
    SUBTRACTION = "subtraction"  # what is hidden elsewhere would follow from it
    IMPRECISE = "imprecise"  # the error is more than a quarter of the score


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScore:
    """A score of 0–100 that borrows strength from other areas, with its uncertainty.

    Attributes:
        se: root of the mean squared error, in points.
        ci_low: lower end of the 95 % interval; ``ci_high`` the upper one.
        model: what it was estimated with.
        own: weight of the area's own answers in the score, 0–1; 1 for a direct score.
    """

    score: float
    se: float
    ci_low: float
    ci_high: float
    model: Model
    own: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaFigure:
    """One score of a service area, from its own answers and from all areas together.

    Attributes:
        direct: from its own answers alone.
        model: the score that verdicts and pages use.
    """

    direct: Score
    model: ModelScore


@dataclass(frozen=True, slots=True, kw_only=True)
class BarVerdict:
    """A service area against one bar.

    Attributes:
        gap: score less the bar, in points; towards the bands, to the nearer edge of the middle
            ones, and 0 inside them.
        above: probability that the true score of the area lies above the bar, 0–1; ``below`` that
            it lies below, ``near`` that it is no further away than the rule calls near.
    """

    gap: float
    above: float
    below: float
    near: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaJudgement:
    """A service area against all bars; None where nothing can be compared.

    Attributes:
        own_mean: against the mean of the agency's areas of the same group.
        category_mean: against the mean of its category in the other agencies.
        band: against the lowest and the highest band of the index.
        headline: the one verdict that a page leads with.
    """

    own_mean: BarVerdict | None
    category_mean: BarVerdict | None
    band: BarVerdict | None
    headline: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaResult:
    """A service, or a unit of employees, of one agency as one group of respondents rates it.

    Attributes:
        code: of the service area; ``category:<slug>`` where answers were joined to their category,
            or where respondents named no service of the list; "" for all who are of no area, who
            are never shown. Where a wave has no register, the name of the unit.
        name: by language.
        category: code of its service category; "" where there is none.
        n: respondents with a score of the component.
        silent: why nothing may be shown of it; None where it speaks.
        counts: respondents behind each dimension and question, by code, also of hidden ones.
        component: None where the area is silent.
        dimensions: by code; only those that may be shown.
        prevalence: share of people who saw, heard or experienced it, by code of the question; only
            those that may be shown.
        judgement: of the component; None where the area is silent.
    """

    code: str
    name: Words
    category: str
    n: int
    silent: Silence | None
    counts: Mapping[str, int] = field(default_factory=dict)
    component: AreaFigure | None = None
    dimensions: Mapping[str, AreaFigure] = field(default_factory=dict)
    prevalence: Mapping[str, Share] = field(default_factory=dict)
    judgement: AreaJudgement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryResult:
    """A service category over all agencies, as one group of respondents rates it.

    Attributes:
        code: of the service category.
        n: respondents of the areas behind it.
        areas: how many areas it is the plain mean of, each with enough answers; ``agencies`` from
            how many agencies.
        score: that mean, 0–100.
        se: its standard error, in points.
        ci_low: lower end of the 95 % interval; ``ci_high`` the upper one.
    """

    group: str
    code: str
    name: Words
    n: int
    areas: int
    agencies: int
    score: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAreaModel:
    """How the scores of one group's service areas were made, of the component or a dimension.

    Attributes:
        target: code of the dimension; "" for the component.
        model: what was used; direct where no model could be.
        fit: how each model that was tried ended.
        areas: how many were estimated.
        area_variance: between areas, in points squared; None for direct scores.
        own: middle weight of an area's own answers, 0–1.
        moved: share of areas whose direct score lies outside the interval of their score, 0–1.
        coefficients: of the covariates, by name, in points.
    """

    group: str
    target: str
    model: Model
    fit: Mapping[str, str]
    areas: int
    area_variance: float | None
    own: float
    moved: float
    coefficients: Mapping[str, float]
