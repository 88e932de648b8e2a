"""The results of a wave's service areas: scores, prevalence and verdicts of each.

The names of the fields are the names in the stored JSON; docs/reference/files.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from espi.method.index.scores import Score, Share, Words


class Source(StrEnum):
    """What the score of a service area was estimated with."""

    DIRECT = "direct"  # its own answers alone
    AREA = "area-level"  # Fay and Herriot
    UNIT = "unit-level"  # Battese, Harter and Fuller with design weights
    FALLBACK = "fallback"  # its own answers alone, because no model could be estimated


class Verdict(StrEnum):
    """What may be said of a service area against a bar."""

    GOOD = "good"
    IMPROVE = "must-improve"
    ALIKE = "not-different"  # enough is known, and it lies neither above nor below the bar
    UNKNOWN = "cannot-say"  # too little is known


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelScore:
    """A score of 0–100 that borrows strength from other areas, with its uncertainty.

    Attributes:
        se: root of the mean squared error, in points.
        ci_low: lower end of the 95 % interval; ``ci_high`` the upper one.
        source: what it was estimated with.
        own: weight of the area's own answers in the score, 0–1; 1 for a direct score.
    """

    score: float
    se: float
    ci_low: float
    ci_high: float
    source: Source
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
        bar: the score that the area is compared with, 0–100.
        above: probability that the true score of the area lies above the bar, 0–1.
        q: least share of false discoveries at which the verdict would still stand, 0–1, over the
            areas of the agency and group.
    """

    bar: float
    above: float
    q: float
    verdict: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaVerdicts:
    """A service area against all bars.

    Attributes:
        agency: against the mean of the agency's areas of the same group.
        category: against the national mean of its category and group; None where it has no
            category, or no other agency has it.
        band: against the bar of the absolute bands; None where the specification has no bands.
        headline: the one verdict that a page leads with.
    """

    agency: BarVerdict | None
    category: BarVerdict | None
    band: BarVerdict | None
    headline: Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaResult:
    """A service, or a unit of employees, of one agency as one group of respondents rates it.

    Attributes:
        code: of the service area; ``category:<slug>`` where answers were joined to their category,
            or where respondents named no service of the list. Where a wave has no register, the
            name of the unit.
        name: by language.
        category: code of its service category; "" where there is none.
        n: respondents.
        component: None where too few answered.
        dimensions: by code; only those with enough answers.
        prevalence: share of people who saw, heard or experienced it, by code of the question.
        verdicts: of the component; None where there is no score.
    """

    code: str
    name: Words
    category: str
    n: int
    component: AreaFigure | None = None
    dimensions: Mapping[str, AreaFigure] = field(default_factory=dict)
    prevalence: Mapping[str, Share] = field(default_factory=dict)
    verdicts: AreaVerdicts | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CategoryResult:
    """A service category over all agencies, as one group of respondents rates it.

    Attributes:
        code: of the service category.
        n: respondents.
        agencies: how many agencies it comes from.
        score: the plain mean of the agencies' areas of that category, 0–100.
        se: its standard error, in points.
        ci_low: lower end of the 95 % interval; ``ci_high`` the upper one.
    """

    group: str
    code: str
    name: Words
    n: int
    agencies: int
    score: float
    se: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallAreaModel:
    """How the scores of one group's service areas were modelled, in one dimension or all.

    Attributes:
        dimension: code; "" for the component.
        source: what was used.
        reason: why, in one word: the name of the rule, or of what failed.
        areas: how many were estimated.
        between: estimated variance between areas, in points squared.
        own: middle weight of an area's own answers, 0–1.
        moved: share of areas whose score the model moved by more than their own margin, 0–1.
    """

    group: str
    dimension: str
    source: Source
    reason: str
    areas: int
    between: float
    own: float
    moved: float
