"""The results of a wave as plain data; docs/reference/files.md says their shape.

Nothing is estimated here: numbers that were computed for all agencies at once are handed to each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from espi.method.disclosure.cells import showable, shown_count
from espi.method.estimation.intervals import mean_interval, probability_between
from espi.method.index.breakdown import Areas, Breakdown, areas_of, items_of
from espi.method.index.composition import index
from espi.method.index.evaluation import ComponentFigures, Evaluation, Figures, evaluate
from espi.method.index.layout import AgencyFacts, Answers
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import GROUPS, Specification
from espi.minimum_cell import MINIMUM_CELL


def agency_results(
    specification: Specification,
    items: Sequence[ScoredItem],
    agencies: Sequence[AgencyFacts],
    answers: Answers,
) -> list[dict[str, Any]]:
    """Return all results of every agency as plain data, in the order of ``agencies``.

    A component with fewer than the minimum of answers has no number, and without all three
    components there is no index: withholding is a status with a reason, never a guess.

    Raises:
        LonelyPSU: a stratum has a single respondent and no sibling to be joined to.
    """
    found = evaluate(specification, items, answers)
    by_item = items_of(items, answers)
    areas = {group: areas_of(answers, found.components[group].people) for group in GROUPS}
    placed = {group: _placed(areas[group]) for group in GROUPS}
    made = []
    for place, agency in enumerate(agencies):
        parts = {
            group: component_facts(part, place)
            | {
                "items": _items(specification, items, group, by_item, place),
                "areas": _areas(specification, areas[group], placed[group].get(place, [])),
            }
            for group, part in found.components.items()
            if not np.isnan(part.figures.value[place])
        }
        n = {group: int(part.figures.n[place]) for group, part in found.components.items()}
        made.append(_agency(specification, agency, found, place, n, parts, answers))
    return made


def _agency(
    specification: Specification,
    agency: AgencyFacts,
    found: Evaluation,
    place: int,
    n: Mapping[str, int],
    parts: Mapping[str, Any],
    answers: Answers,
) -> dict[str, Any]:
    points = {
        rule.name: rule.points(agency.corrections.get(rule.name, 0.0))
        for rule in specification.corrections
    }
    reason = _withheld(specification, n)
    return {
        "code": agency.code,
        "name": agency.name,
        "type": agency.type,
        "n": n,
        "few": sorted(agency.few),
        "components": parts,
        "corrections": points,
        "withheld": reason,
        "collapsed": [
            {
                "stratum": c.stratum,
                "into": c.into,
                "respondents": _told(c.respondents),
            }
            for c in answers.collapsed.get(agency.code, [])
        ],
        **(_index(specification, found.raw, place, points) if reason is None else _nothing()),
    }


def _told(respondents: int | None) -> str:
    """Return how many answers a joined stratum had, as it may be told."""
    return f"<{MINIMUM_CELL}" if respondents is None else shown_count(respondents, MINIMUM_CELL)


def _withheld(specification: Specification, n: Mapping[str, int]) -> str | None:
    small = [group for group in GROUPS if n[group] < specification.minimum_component_n]
    if small:
        return "too few answers: " + ", ".join(small)
    if sum(n.values()) < specification.minimum_n:
        return "too few answers"
    return None


def _nothing() -> dict[str, Any]:
    names = (
        "index", "raw", "se", "infinite_se", "unseen", "ci_low", "ci_high", "df", "band",
        "band_probability",
    )  # fmt: skip
    return dict.fromkeys(names)


def _index(
    specification: Specification, raw: Figures, place: int, points: Mapping[str, float]
) -> dict[str, Any]:
    composed, se, df = float(raw.value[place]), float(raw.se[place]), int(raw.df[place])
    facts = {
        "index": index(composed, points),
        "raw": composed,
        "se": se,
        "infinite_se": float(raw.infinite_se[place]),
        "unseen": float(raw.unseen[place]),
        "df": df,
    }
    return facts | framed(specification, facts, sum(points.values()))


def framed(specification: Specification, facts: Mapping[str, Any], points: float) -> dict[str, Any]:
    """Return the interval of an index, its band and the probability of the band (M10, M12).

    Corrections are facts: they move the interval of the composition and leave its length.

    Args:
        specification: for the bands.
        facts: ``index``, ``raw``, ``infinite_se``, ``unseen`` and ``df``.
        points: taken off by all corrections.
    """
    raw, se, df, unseen = (facts[name] for name in ("raw", "infinite_se", "df", "unseen"))
    low, high = mean_interval(raw, se, df, unseen)
    band = specification.band_of(facts["index"])
    chance = None
    if band:
        last = band is specification.bands[-1]
        edges = (band.low + points, np.inf if last else band.high + points)
        chance = probability_between(raw, se, df, *edges, unseen=unseen)
    return {
        "ci_low": max(0.0, low - points),
        "ci_high": max(0.0, high - points),
        "band": band.code if band else None,
        "band_probability": chance,
    }


def _score(figures: Figures, place: int) -> dict[str, Any]:
    return {
        "score": float(figures.value[place]),
        "se": float(figures.se[place]),
        "infinite_se": float(figures.infinite_se[place]),
        "unseen": float(figures.unseen[place]),
        "ci_low": float(figures.low[place]),
        "ci_high": float(figures.high[place]),
        "n": int(figures.n[place]),
        "df": int(figures.df[place]),
    }


def component_facts(part: ComponentFigures, place: int) -> dict[str, Any]:
    """Return a component of one agency with its dimensions and what its error follows from.

    ``part`` is each dimension's share of the component; ``covariance`` that of the dimensions, by
    the alphabet of their codes.
    """
    codes = list(part.dimensions)
    there = sorted(
        (k for k in range(len(codes)) if part.share[place, k] > 0), key=codes.__getitem__
    )
    dimensions = {}
    for k in there:
        facts = _score(part.dimensions[codes[k]], place)
        facts["part"] = float(part.share[place, k])
        dimensions[codes[k]] = facts
    covariance = part.covariance[place][np.ix_(there, there)]
    return _score(part.figures, place) | {
        "dimensions": dimensions,
        "covariance": [[float(cell) for cell in row] for row in covariance],
    }


def _items(
    specification: Specification,
    items: Sequence[ScoredItem],
    group: str,
    found: Breakdown,
    place: int,
) -> dict[str, Any]:
    shown = {}
    for item in items:
        if item.group != group:
            continue
        facts = _broken_down(found, place, f"s.{item.code}")
        if facts["n"] < specification.minimum_component_n:
            continue
        facts |= {"label": dict(item.label), "dimension": item.dimension}
        if item.prevalence:
            share = _broken_down(found, place, f"p.{item.code}")
            share["share"] = share.pop("score")
            facts["share"] = share
        shown[item.code] = facts
    return shown


def _broken_down(found: Breakdown, place: int, name: str) -> dict[str, Any]:
    column, table = found.columns[name], found.estimates
    return {
        "score": float(table.value[place, column]),
        "se": float(table.variance[place, column] ** 0.5),
        "infinite_se": float(table.infinite_variance[place, column] ** 0.5),
        "unseen": float(found.unseen[place, column]),
        "ci_low": float(found.low[place, column]),
        "ci_high": float(found.high[place, column]),
        "n": int(table.n[place, column]),
        "df": int(table.effective_df[place, column]),
    }


def _placed(areas: Areas) -> dict[int, list[int]]:
    places: dict[int, list[int]] = {}
    for number, agency in enumerate(areas.agency):
        places.setdefault(agency, []).append(number)
    return places


def _areas(specification: Specification, areas: Areas, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the component score of each unit or service that may be shown (M16)."""
    least, shown = specification.minimum_component_n, {}
    for number in numbers:
        facts = _broken_down(areas.scores, number, "score")
        if facts["n"] >= least and showable(facts["n"], facts["score"], facts["se"], least):
            shown[areas.unit[number]] = facts
    return shown
