"""Scores, prevalence and verdicts of all service areas of a wave at once (docs/method, M31 to M38).

Employees and users are estimated apart, each with models of their own: users answer some ten points
higher, so one list of both would put nearly all units of employees at its end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from espi.method.disclosure.areas import shown_areas
from espi.method.disclosure.cells import LEAST_PRECISION
from espi.method.estimation.kernel import Index
from espi.method.index.breakdown import Breakdown, broken_down, items_of
from espi.method.index.categories import categories_of
from espi.method.index.evaluation import ComponentFigures, Evaluation
from espi.method.index.layout import AgencyFacts, Answers
from espi.method.index.scores import Score, Share, Words
from espi.method.index.scoring import ScoredItem
from espi.method.index.service_areas import (
    AreaFigure,
    AreaJudgement,
    AreaResult,
    BarVerdict,
    CategoryResult,
    ModelScore,
    Silence,
    SmallAreaModel,
)
from espi.method.index.specification import Band, Specification
from espi.method.small_areas.diagnostics import diagnostics
from espi.method.small_areas.direct import DirectScores, Sampled, direct_scores
from espi.method.small_areas.estimates import area_scores
from espi.method.small_areas.layout import REMAINDER, AreaLayout, lay_out_areas
from espi.method.small_areas.scores import AreaScores
from espi.method.verdicts.verdict import AreaVerdicts, BarVerdicts, VerdictRule, verdicts
from espi.minimum_cell import MINIMUM_CELL
from espi.service_categories import category_of_label

RATED_BY = ("internal", "external")  # experts judge the agency as a whole
TOP = 100.0

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class AreaFacts:
    """What is known of a service area before any answer.

    Attributes:
        group: whose answers rate it.
        name: by language.
        category: code of its service category; "" where there is none.
    """

    group: str
    name: Words
    category: str


Register = Mapping[tuple[str, str], AreaFacts]  # by code of the agency and of the area


@dataclass(frozen=True, slots=True, eq=False)
class WaveAreas:
    """The service areas of a wave.

    Attributes:
        by_agency: for each agency, in the order of the facts, its areas by group.
        categories: over all agencies, by group and code.
        models: how the scores were made.
    """

    by_agency: Sequence[Mapping[str, Sequence[AreaResult]]]
    categories: Sequence[CategoryResult]
    models: Sequence[SmallAreaModel]


@dataclass(frozen=True, slots=True, eq=False)
class GroupAreas:
    """All that was estimated of the areas of one group of respondents.

    Attributes:
        layout: m areas.
        direct: the component is the first target, the dimensions follow.
        scores: one per target.
        verdicts: on the component.
        prevalence: shares of people in each area.
        asked: the questions behind them.
        shown: which targets of which areas may be shown, shape (m, targets).
        shares_shown: likewise of the questions, shape (m, questions).
        silent: why the component of an area may not be shown; m of them.
    """

    group: str
    layout: AreaLayout
    direct: DirectScores
    scores: Sequence[AreaScores]
    verdicts: AreaVerdicts
    prevalence: Breakdown
    asked: Sequence[ScoredItem]
    shown: Mask
    shares_shown: Mask
    silent: Sequence[Silence | None]


@dataclass(frozen=True, slots=True, eq=False)
class RatedWave:
    """What the service areas of a wave are estimated from.

    Attributes:
        specification: its bands are a bar; its least answers of a component are those of an area.
        agencies: in the order of the positions in ``answers``.
        evaluation: of the same answers.
        register: what is known of the areas; those that are not in it have their code as a name.
    """

    specification: Specification
    items: Sequence[ScoredItem]
    agencies: Sequence[AgencyFacts]
    answers: Answers
    evaluation: Evaluation
    register: Register


def wave_areas(rated: RatedWave) -> WaveAreas:
    """Return the service areas of all agencies, from the column ``area`` of the records.

    Raises:
        LonelyPSU: a stratum has a single respondent and no sibling to be joined to.
    """
    estimated = [_group_areas(rated, group) for group in RATED_BY]
    by_agency: list[dict[str, list[AreaResult]]] = [{} for _ in rated.agencies]
    for part in estimated:
        for number, position in enumerate(part.layout.agency):
            facts = _facts_of(
                part.layout.code[number], rated.agencies[position].code, rated.register
            )
            result = _result(part, number, facts, rated.specification)
            by_agency[position].setdefault(part.group, []).append(result)
    for position, agency in enumerate(rated.agencies):
        _add_unheard(by_agency[position], agency.code, rated.register)
    return WaveAreas(
        by_agency=by_agency,
        categories=categories_of(by_agency),
        models=[_model(part, target) for part in estimated for target in range(len(part.scores))],
    )


def _add_unheard(own: dict[str, list[AreaResult]], agency: str, register: Register) -> None:
    """Add the areas of the register that no record is of.

    Nobody answered for them, or so few that the opening joined them to their category; which of
    the two cannot be told any more.
    """
    heard = {(group, area.code) for group, areas in own.items() for area in areas}
    for (of_agency, code), facts in register.items():
        if of_agency == agency and (facts.group, code) not in heard:
            own.setdefault(facts.group, []).append(
                AreaResult(
                    code=code, name=facts.name, category=facts.category, n=0, silent=Silence.FEW
                )
            )
    for areas in own.values():
        areas.sort(key=lambda area: area.code)


def _facts_of(code: str, agency: str, register: Register) -> AreaFacts:
    if category := category_of_label(code):
        return AreaFacts("", category.name, category.code)
    return register.get((agency, code), AreaFacts("", {"id": code, "en": code}, ""))


def _group_areas(rated: RatedWave, group: str) -> GroupAreas:
    specification, answers = rated.specification, rated.answers
    part = rated.evaluation.components[group]
    layout = _layout(rated, part, group)
    people = np.column_stack([part.people, part.by_dimension])
    concerned = np.column_stack([~np.isnan(part.people), part.concerned])
    sampled = Sampled(answers.weight, answers.stratum, answers.strata)
    targets = ("", *(dimension.code for dimension in specification.dimensions[group]))
    direct = direct_scores(sampled, layout, targets, people, concerned)
    least = max(MINIMUM_CELL, specification.minimum_component_n)
    scores = area_scores(direct, layout)
    asked = [item for item in rated.items if item.group == group and item.prevalence]
    prevalence = items_of(asked, answers, layout.of)
    precise = np.column_stack([_precise(score) for score in scores])
    silent = _silent(layout, direct.n[:, 0], precise[:, 0], least)
    speaks = np.array([reason is None for reason in silent], dtype=bool)
    columns = [prevalence.columns[f"p.{item.code}"] for item in asked]
    counts = prevalence.estimates.n[:, columns].astype(np.int64)
    return GroupAreas(
        group=group,
        layout=layout,
        direct=direct,
        scores=scores,
        verdicts=verdicts(
            _speaking(scores[0], speaks),
            layout,
            direct.n[:, 0],
            _rule(specification.bands, least),
        ),
        prevalence=prevalence,
        asked=asked,
        shown=_shown(layout, direct.n, precise & speaks[:, None], least),
        shares_shown=_shown(layout, counts, np.repeat(speaks[:, None], len(asked), 1), least),
        silent=silent,
    )


def _precise(scores: AreaScores) -> Mask:
    """Return which scores are precise enough to be shown (M16), shape (m,)."""
    with np.errstate(invalid="ignore"):
        return np.asarray(scores.se <= LEAST_PRECISION * scores.value, dtype=bool)


def _silent(layout: AreaLayout, n: Index, precise: Mask, least: int) -> list[Silence | None]:
    shown = _shown(layout, n[:, None], precise[:, None], least)[:, 0]
    reasons: list[Silence | None] = []
    for count, exact, speaks in zip(n.tolist(), precise.tolist(), shown.tolist(), strict=True):
        if speaks:
            reasons.append(None)
        elif count < least:
            reasons.append(Silence.FEW)
        else:
            reasons.append(Silence.SUBTRACTION if exact else Silence.IMPRECISE)
    return reasons


def _shown(layout: AreaLayout, counts: NDArray[np.int64], may: Mask, least: int) -> Mask:
    """Return which cells may be shown beside their agency's whole, shape of ``counts``."""
    shown = np.zeros(counts.shape, dtype=bool)
    nameless = np.array([code == REMAINDER for code in layout.code], dtype=bool)
    barred = ~may | nameless[:, None]
    starts = np.flatnonzero(np.diff(layout.agency, prepend=-1))
    for own in np.split(np.arange(layout.agency.size), starts[1:]):
        for k in range(counts.shape[1]):
            shown[own, k] = shown_areas(counts[own, k].tolist(), barred[own, k].tolist(), least)
    return shown


def _layout(rated: RatedWave, part: ComponentFigures, group: str) -> AreaLayout:
    answers, agencies = rated.answers, rated.agencies
    positions = {agency.code: number for number, agency in enumerate(agencies)}
    categories = {
        (positions[agency], code): facts.category
        for (agency, code), facts in rated.register.items()
        if agency in positions
    }
    scored = answers.of_group(group) & ~np.isnan(part.people)
    types = [agency.type for agency in agencies]
    return lay_out_areas(answers.agencies, answers.rows["area"], scored, types, categories)


def _speaking(scores: AreaScores, speaks: Mask) -> AreaScores:
    """Return the scores without those of areas that are not shown.

    A category's mean over all areas, less those that are shown, would tell the others.
    """
    return replace(scores, value=np.where(speaks, scores.value, np.nan))


def _rule(bands: Sequence[Band], least: int) -> VerdictRule:
    if not bands:  # no score lies outside them
        return VerdictRule(low=0.0, high=TOP, minimum=least)
    return VerdictRule(low=bands[0].high, high=bands[-1].low, minimum=least)


def _result(
    part: GroupAreas, number: int, facts: AreaFacts, specification: Specification
) -> AreaResult:
    counts = {target: int(part.direct.n[number, k]) for k, target in enumerate(part.direct.targets)}
    n = counts.pop("")
    shares = {}
    for k, item in enumerate(part.asked):
        value, uncertainty = broken_down(part.prevalence, number, f"p.{item.code}")
        counts[item.code] = uncertainty["n"]
        if part.shares_shown[number, k]:
            shares[item.code] = Share(share=value, **uncertainty)
    figures = {
        target: _figure(part, number, k)
        for k, target in enumerate(part.direct.targets)
        if part.shown[number, k]
    }
    component = figures.pop("", None)
    return AreaResult(
        code=part.layout.code[number],
        name=facts.name,
        category=facts.category,
        n=n,
        silent=part.silent[number],
        counts=counts,
        component=component,
        dimensions=figures,
        prevalence=shares,
        judgement=_judgement(part.verdicts, number, specification) if component else None,
    )


def _figure(part: GroupAreas, number: int, target: int) -> AreaFigure:
    direct, scores = part.direct, part.scores[target]

    def of(table: NDArray[np.float64]) -> float:
        return float(table[number, target])

    return AreaFigure(
        direct=Score(
            score=of(direct.value),
            se=of(direct.se),
            infinite_se=of(direct.infinite_se),
            unseen=of(direct.unseen),
            ci_low=of(direct.low),
            ci_high=of(direct.high),
            n=int(direct.n[number, target]),
            df=int(direct.df[number, target]),
        ),
        model=ModelScore(
            score=float(scores.value[number]),
            se=float(scores.se[number]),
            ci_low=float(scores.low[number]),
            ci_high=float(scores.high[number]),
            model=scores.model,
            own=float(scores.trust[number]),
        ),
    )


def _judgement(judged: AreaVerdicts, number: int, specification: Specification) -> AreaJudgement:
    return AreaJudgement(
        own_mean=_bar(judged.own_mean, number),
        category_mean=_bar(judged.category_mean, number),
        band=_bar(judged.band, number) if specification.bands else None,
        headline=judged.headline[number],
    )


def _bar(bar: BarVerdicts, number: int) -> BarVerdict | None:
    chances = bar.chances
    if np.isnan(chances.gap[number]):
        return None
    return BarVerdict(
        gap=float(chances.gap[number]),
        above=float(chances.above[number]),
        below=float(chances.below[number]),
        near=float(chances.near[number]),
        verdict=bar.verdicts[number],
    )


def _model(part: GroupAreas, target: int) -> SmallAreaModel:
    scores = part.scores[target]
    of_all = diagnostics(scores, part.direct.value[:, target])
    return SmallAreaModel(
        group=part.group,
        target=scores.target,
        model=scores.model,
        fit={str(model): str(fit) for model, fit in scores.fit.items()},
        areas=of_all.areas,
        area_variance=None if np.isnan(scores.area_variance) else float(scores.area_variance),
        own=1 - of_all.median_shrinkage if of_all.areas else 1.0,
        moved=of_all.moved if of_all.areas else 0.0,
        coefficients={name: float(value) for name, value in scores.coefficients.items()},
    )
