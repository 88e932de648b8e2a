"""An agency's results from its opened answers: dimensions, components, index, items and areas.

Every score is an ``Estimate`` on the agency's whole design, so its standard error comes along
(docs/method, M13 to M16).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.disclosure.cells import showable
from espi.method.estimation.collapse import Collapse, collapse
from espi.method.estimation.intervals import mean_interval, probability_between, share_interval
from espi.method.estimation.linear import Estimate, Vector, mean
from espi.method.estimation.variance import Design, of_elements, standard_error
from espi.method.index import composition
from espi.method.index.scoring import ScoredItem, answers_of, dimension_score, item_score
from espi.method.index.specification import GROUPS, Specification
from espi.method.weighting.nonresponse import stratum_weights


@dataclass(frozen=True, slots=True)
class StratumFacts:
    """What is known of a sampling stratum before any answer.

    Attributes:
        population: people on the list.
    """

    code: str
    agency: str
    group: str
    population: int


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """Name and corrections of an agency.

    Attributes:
        corrections: index of 0–100 per named correction.
    """

    code: str
    name: str
    type: str
    corrections: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of one agency, with weights and design.

    Attributes:
        rows: the opened records, n of them.
        weight: shape (n,).
        collapsed: what was joined to give every stratum a variance.
    """

    rows: pl.DataFrame
    weight: Vector
    design: Design
    collapsed: tuple[Collapse, ...]

    def within(self, group: str) -> NDArray[np.bool_]:
        """Return which rows are of a respondent group, shape (n,)."""
        return (self.rows["group"] == group).to_numpy()

    def shown(self, estimate: Estimate, n: int) -> dict[str, Any]:
        """Return an estimate with its standard error, interval and count."""
        se = standard_error(estimate, self.design)
        low, high = mean_interval(estimate.value, se, self.design.df)
        return {"score": estimate.value, "se": se, "ci_low": low, "ci_high": high, "n": n}


def design_of(rows: pl.DataFrame, strata: Sequence[StratumFacts]) -> Answers:
    """Return the rows of one agency with their weights and design.

    Raises:
        ImpossibleDesign: a stratum has answers and no known population, or too small a one.
    """
    counts = {str(code): int(n) for code, n in rows["stratum"].value_counts().iter_rows()}
    populations = {stratum.code: stratum.population for stratum in strata}
    home, told = collapse(counts, populations, {s.code: s.group for s in strata})
    kept = sorted(set(home.values()))
    place = {code: number for number, code in enumerate(kept)}
    size = np.zeros(len(kept))
    for code, into in home.items():
        size[place[into]] += populations[code]
    stratum = np.array([place[home[code]] for code in rows["stratum"]], dtype=np.int64)
    return Answers(rows, stratum_weights(stratum, size), of_elements(stratum, size), tuple(told))


def agency_result(
    specification: Specification,
    items: Sequence[ScoredItem],
    agency: AgencyFacts,
    answers: Answers,
) -> dict[str, Any]:
    """Return all results of one agency as plain data; docs/reference/files.md says its shape.

    A component with fewer than the minimum of answers has no number, and without all three
    components there is no index: withholding is a status with a reason, never a guess.
    """
    n = {group: int(answers.within(group).sum()) for group in GROUPS}
    estimates: dict[str, Estimate] = {}
    components: dict[str, Any] = {}
    for group in GROUPS:
        if n[group] >= specification.minimum_component_n:
            estimates[group], components[group] = _component(specification, items, answers, group)
    points = _points(specification, agency.corrections)
    reason = _withheld(specification, n)
    return {
        "code": agency.code,
        "name": agency.name,
        "type": agency.type,
        "n": n,
        "components": components,
        "corrections": points,
        "withheld": reason,
        "collapsed": [
            {"stratum": c.stratum, "into": c.into, "respondents": c.respondents}
            for c in answers.collapsed
        ],
        **(_index(specification, estimates, points, answers) if reason is None else _nothing()),
    }


def _withheld(specification: Specification, n: Mapping[str, int]) -> str | None:
    small = [group for group in GROUPS if n[group] < specification.minimum_component_n]
    if small:
        return "too few answers: " + ", ".join(small)
    if sum(n.values()) < specification.minimum_n:
        return "too few answers"
    return None


def _nothing() -> dict[str, Any]:
    names = ("index", "raw", "se", "ci_low", "ci_high", "df", "band", "band_probability")
    return dict.fromkeys(names)


def _points(specification: Specification, indices: Mapping[str, float]) -> dict[str, float]:
    return {
        rule.name: rule.points(indices.get(rule.name, 0.0)) for rule in specification.corrections
    }


def _index(
    specification: Specification,
    estimates: Mapping[str, Estimate],
    points: Mapping[str, float],
    answers: Answers,
) -> dict[str, Any]:
    raw = composition.weighted(specification.components, estimates)
    value = composition.index(raw.value, points)
    se, df = standard_error(raw, answers.design), answers.design.df
    low, high = mean_interval(value, se, df)
    band = specification.band_of(value)
    return {
        "index": value,
        "raw": raw.value,
        "se": se,
        "ci_low": low,
        "ci_high": high,
        "df": df,
        "band": band.code if band else None,
        "band_probability": probability_between(value, se, df, band.low, band.high + 1e-9)
        if band
        else None,
    }


def _component(
    specification: Specification, items: Sequence[ScoredItem], answers: Answers, group: str
) -> tuple[Estimate, dict[str, Any]]:
    own = [item for item in items if item.group == group]
    scores = {item.code: item_score(item, answers_of(answers.rows, item)) for item in own}
    dimensions: dict[str, Any] = {}
    parts: list[Estimate] = []
    people: list[Vector] = []
    for dimension in specification.dimensions[group]:
        codes = [item.code for item in own if item.dimension == dimension.code]
        score = dimension_score([scores[code] for code in codes], specification.minimum_answered)
        within = answers.within(group) & ~np.isnan(score)
        if within.sum() < specification.minimum_component_n:
            continue
        parts.append(mean(score, answers.weight, within))
        people.append(np.where(within, score, np.nan))
        dimensions[dimension.code] = answers.shown(parts[-1], int(within.sum()))
    component = composition.weighted(
        {str(i): 1 / len(parts) for i in range(len(parts))},
        {str(i): part for i, part in enumerate(parts)},
    )
    shown = answers.shown(component, int(answers.within(group).sum()))
    return component, shown | {
        "dimensions": dimensions,
        "items": _items(specification, own, scores, answers),
        "areas": _areas(specification, np.vstack(people), answers, group),
    }


def _items(
    specification: Specification,
    items: Sequence[ScoredItem],
    scores: Mapping[str, Vector],
    answers: Answers,
) -> dict[str, Any]:
    shown = {}
    for item in items:
        score = scores[item.code]
        within = answers.within(item.group) & ~np.isnan(score)
        n = int(within.sum())
        if n < specification.minimum_component_n:
            continue
        facts = answers.shown(mean(score, answers.weight, within), n)
        facts["label"] = dict(item.label)
        facts["dimension"] = item.dimension
        if item.prevalence:
            facts["share"] = _share(item, within, answers)
        shown[item.code] = facts
    return shown


def _share(item: ScoredItem, within: NDArray[np.bool_], answers: Answers) -> dict[str, Any]:
    happened = (answers_of(answers.rows, item) > item.minimum).astype(np.float64)
    estimate = mean(happened, answers.weight, within)
    se, n = standard_error(estimate, answers.design), int(within.sum())
    low, high = share_interval(estimate.value, se, n, answers.design.df)
    return {"share": estimate.value, "se": se, "ci_low": low, "ci_high": high, "n": n}


def _areas(
    specification: Specification, people: NDArray[np.float64], answers: Answers, group: str
) -> dict[str, Any]:
    """Return the component score of each unit or service that may be shown (M16)."""
    answered = ~np.isnan(people)
    count = np.maximum(answered.sum(axis=0), 1)
    score = np.where(answered.any(axis=0), np.nansum(people, axis=0) / count, np.nan)
    units = answers.rows["unit"].to_numpy()
    shown = {}
    for unit in sorted({str(u) for u in units[answers.within(group)] if u}):
        within = answers.within(group) & (units == unit) & ~np.isnan(score)
        n = int(within.sum())
        if n < specification.minimum_component_n:
            continue
        facts = answers.shown(mean(score, answers.weight, within), n)
        if showable(n, facts["score"], facts["se"], specification.minimum_component_n):
            shown[unit] = facts
    return shown
