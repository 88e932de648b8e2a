"""The results of every agency, from estimates that were computed for all agencies at once.

Nothing is estimated here: each agency is handed its own numbers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace

import numpy as np
from msgspec import UNSET

from espi.method.disclosure.cells import shown_count
from espi.method.estimation.intervals import mean_interval, probability_between
from espi.method.index.areas import RatedWave, Register, WaveAreas, wave_areas
from espi.method.index.breakdown import Breakdown, Uncertainty, broken_down, items_of
from espi.method.index.composition import index
from espi.method.index.document import (
    AgencyResult,
    ComponentResult,
    DimensionScore,
    Headline,
    ItemScore,
    JoinedStratum,
)
from espi.method.index.evaluation import Evaluation, Figures, evaluate
from espi.method.index.layout import AgencyFacts, Answers
from espi.method.index.scores import Share
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import GROUPS, Specification
from espi.minimum_cell import MINIMUM_CELL


@dataclass(frozen=True, slots=True)
class Estimates:
    """All that was estimated for all agencies at once, of which each agency takes its own.

    Attributes:
        areas: service areas of every agency.
    """

    specification: Specification
    items: Sequence[ScoredItem]
    answers: Answers
    evaluation: Evaluation
    by_item: Breakdown
    areas: WaveAreas


@dataclass(frozen=True, slots=True)
class AllResults:
    """The results of every agency, in the order of the facts, and of the service areas."""

    agencies: Sequence[AgencyResult]
    areas: WaveAreas


def agency_results(
    specification: Specification,
    items: Sequence[ScoredItem],
    agencies: Sequence[AgencyFacts],
    answers: Answers,
    register: Register,
) -> AllResults:
    """Return all results of every agency.

    A component with fewer than the minimum of answers has no number, and without all three
    components there is no index: withholding is a status with a reason, never a guess.

    Args:
        specification: of the index.
        items: scored questions.
        agencies: facts of each.
        answers: of the wave.
        register: what is known of the service areas.

    Raises:
        LonelyPSU: a stratum has a single respondent and no sibling to be joined to.
    """
    evaluation = evaluate(specification, items, answers)
    estimates = Estimates(
        specification=specification,
        items=items,
        answers=answers,
        evaluation=evaluation,
        by_item=items_of(items, answers),
        areas=wave_areas(RatedWave(specification, items, agencies, answers, evaluation, register)),
    )
    return AllResults(
        [_agency(estimates, agency, position) for position, agency in enumerate(agencies)],
        estimates.areas,
    )


def _agency(estimates: Estimates, agency: AgencyFacts, position: int) -> AgencyResult:
    specification, evaluation = estimates.specification, estimates.evaluation
    n = {group: int(part.figures.n[position]) for group, part in evaluation.components.items()}
    points = {
        rule.name: rule.points(agency.corrections.get(rule.name, 0.0))
        for rule in specification.corrections
    }
    result = AgencyResult(
        code=agency.code,
        name=agency.name,
        type=agency.type,
        n=n,
        few=sorted(agency.few),
        components={
            group: _component(estimates, group, position)
            for group, part in evaluation.components.items()
            if not np.isnan(part.figures.value[position])
        },
        corrections=points,
        withheld=_withheld(specification, n),
        collapsed=_collapsed(estimates.answers, agency.code),
        service_areas=estimates.areas.by_agency[position],
    )
    if result.withheld:
        return result
    return replace(result, **asdict(_headline(specification, evaluation.raw, position, points)))


def _collapsed(answers: Answers, agency: str) -> list[JoinedStratum]:
    return [
        JoinedStratum(
            stratum=collapse.stratum,
            into=collapse.into,
            respondents=_shown_respondents(collapse.respondents),
        )
        for collapse in answers.collapsed.get(agency, [])
    ]


def _shown_respondents(respondents: int | None) -> str:
    """Return how many answers a joined stratum had, as it may be shown."""
    return f"<{MINIMUM_CELL}" if respondents is None else shown_count(respondents, MINIMUM_CELL)


def _withheld(specification: Specification, n: Mapping[str, int]) -> str | None:
    small = [group for group in GROUPS if n[group] < specification.minimum_component_n]
    if small:
        return "too few answers: " + ", ".join(small)
    if sum(n.values()) < specification.minimum_n:
        return "too few answers"
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Composition:
    """The weighted sum of an agency's components, before corrections.

    Attributes:
        se: standard error, in points.
        infinite_se: standard error as if the population were infinite, in points.
        unseen: share of that variance left because not everybody answered, 0–1.
    """

    raw: float
    se: float
    infinite_se: float
    unseen: float
    df: int


def _headline(
    specification: Specification, raw: Figures, position: int, points: Mapping[str, float]
) -> Headline:
    composition = Composition(
        raw=float(raw.value[position]),
        se=float(raw.se[position]),
        infinite_se=float(raw.infinite_se[position]),
        unseen=float(raw.unseen[position]),
        df=int(raw.df[position]),
    )
    return headline_of(specification, composition, points)


def headline_of(
    specification: Specification, composition: Composition, points: Mapping[str, float]
) -> Headline:
    """Return the index with its interval, its band and the probability of the band (M10, M12).

    Corrections are facts: they move the interval of the composition and leave its length.

    Args:
        specification: for the bands.
        composition: before corrections.
        points: taken off, by the name of the correction.
    """
    value, off = index(composition.raw, points), sum(points.values())
    raw, se, unseen = composition.raw, composition.infinite_se, composition.unseen
    low, high = mean_interval(raw, se, composition.df, unseen)
    band = specification.band_of(value)
    chance = None
    if band:
        last = band is specification.bands[-1]
        edges = (band.low + off, np.inf if last else band.high + off)
        chance = probability_between(raw, se, composition.df, *edges, unseen=unseen)
    return Headline(
        index=value,
        raw=raw,
        se=composition.se,
        infinite_se=se,
        unseen=unseen,
        ci_low=max(0.0, low - off),
        ci_high=max(0.0, high - off),
        df=composition.df,
        band=band.code if band else None,
        band_probability=chance,
    )


def _component(estimates: Estimates, group: str, position: int) -> ComponentResult:
    """Return a component of one agency with its dimensions and what its error follows from."""
    part = estimates.evaluation.components[group]
    codes = list(part.dimensions)
    present = sorted(
        (k for k in range(len(codes)) if part.share[position, k] > 0), key=codes.__getitem__
    )
    covariance = part.covariance[position][np.ix_(present, present)]
    return ComponentResult(
        **_numbers(part.figures, position),
        dimensions={
            codes[k]: DimensionScore(
                **_numbers(part.dimensions[codes[k]], position), part=float(part.share[position, k])
            )
            for k in present
        },
        covariance=[[float(cell) for cell in row] for row in covariance],
        items=_items(estimates, group, position),
    )


class Numbers(Uncertainty):
    """All numbers of a ``Score``."""

    score: float


def _numbers(figures: Figures, position: int) -> Numbers:
    return Numbers(
        score=float(figures.value[position]),
        se=float(figures.se[position]),
        infinite_se=float(figures.infinite_se[position]),
        unseen=float(figures.unseen[position]),
        ci_low=float(figures.low[position]),
        ci_high=float(figures.high[position]),
        n=int(figures.n[position]),
        df=int(figures.df[position]),
    )


def _items(estimates: Estimates, group: str, position: int) -> dict[str, ItemScore]:
    """Return the items of a group that have enough answers in an agency."""
    least, by_item = estimates.specification.minimum_component_n, estimates.by_item
    shown = {}
    for item in estimates.items:
        if item.group != group:
            continue
        score, uncertainty = broken_down(by_item, position, f"s.{item.code}")
        if uncertainty["n"] < least:
            continue
        shown[item.code] = ItemScore(
            score=score,
            **uncertainty,
            label=dict(item.label),
            dimension=item.dimension,
            share=_share(by_item, position, item.code) if item.prevalence else UNSET,
        )
    return shown


def _share(by_item: Breakdown, position: int, code: str) -> Share:
    share, uncertainty = broken_down(by_item, position, f"p.{code}")
    return Share(share=share, **uncertainty)
