"""Recomputes every published score from a released bundle, on any machine (docs/method, M29).

A bundle holds, for every number that is shown, what it is computed from: weighted totals and the
people they stand for, the covariance of the dimension scores, the corrections, the specification's
weights and bands, and the seed. No answer of a person is in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from espi.method.estimation.intervals import (
    mean_interval,
    probability_between,
    share_interval,
)
from espi.method.index.national import national
from espi.method.index.seeds import ranks_of

TOP = 100.0
HALF = 0.0051  # half a unit of the second decimal, and the rounding of the totals
CERTAIN = 0.02  # of a probability, which moves with the last digit of the rest


@dataclass(frozen=True, slots=True)
class Check:
    """One published number beside the one that follows from the bundle.

    Attributes:
        place: agency and what it is, such as ``kab-x internal tugas score``.
        tolerance: half a unit of the last published digit.
    """

    place: str
    published: float
    recomputed: float
    tolerance: float = HALF

    @property
    def holds(self) -> bool:
        """The published number is the recomputed one, rounded."""
        return abs(self.published - self.recomputed) <= self.tolerance


def recompute(bundle: Mapping[str, Any]) -> list[Check]:
    """Return every published score with its recomputed value.

    Raises:
        KeyError, TypeError: the bundle is not of the shape of docs/reference/files.md.
    """
    checks: list[Check] = []
    shown = []
    for agency in bundle["agencies"]:
        checks += _components(agency)
        if agency["withheld"] is None:
            exact = _index(bundle["specification"], agency)
            checks += _headline(bundle["specification"], agency, exact)
            shown.append(exact)
    if bundle["national"]:
        checks += _national(bundle["national"], shown)
    return [*checks, *_ranks(bundle, shown)]


def _components(agency: Mapping[str, Any]) -> Iterator[Check]:
    for group, part in agency["components"].items():
        place = f"{agency['code']} {group}"
        for code, facts in part["dimensions"].items():
            yield from _ratio(f"{place} {code}", facts)
        value, se = _composed(part)
        yield Check(f"{place} score", part["score"], value)
        yield Check(f"{place} se", part["se"], se)
        yield from _interval(place, part, value, se)
        for kind in ("items", "areas"):
            for code, facts in part[kind].items():
                yield from _ratio(f"{place} {code}", facts)
                if "share" in facts:
                    yield from _ratio(f"{place} {code}", facts["share"], "share")


def _ratio(place: str, facts: Mapping[str, Any], name: str = "score") -> Iterator[Check]:
    top, people, variance = facts["totals"]
    value, se = top / people, sqrt(max(variance, 0.0))
    yield Check(f"{place} {name}", facts[name], value)
    yield Check(f"{place} se", facts["se"], se)
    if name == "score":
        yield from _interval(place, facts, value, se)
    elif 0 < facts[name] < 1:
        ends = share_interval(value, se, facts["n"], facts["df"])
        for end, recomputed in zip(("ci_low", "ci_high"), ends, strict=True):
            yield Check(f"{place} {name} {end}", facts[end], recomputed)


def _interval(place: str, facts: Mapping[str, Any], value: float, se: float) -> Iterator[Check]:
    if not 0 < facts["score"] < TOP:  # at the ends the interval is exact, not from the error
        return
    low, high = mean_interval(value, se, facts["df"])
    yield Check(f"{place} ci_low", facts["ci_low"], low)
    yield Check(f"{place} ci_high", facts["ci_high"], high)


def _composed(part: Mapping[str, Any]) -> tuple[float, float]:
    """Return a component and its standard error from its dimensions (M14)."""
    dimensions = list(part["dimensions"].values())
    shares = np.array([facts["part"] for facts in dimensions])
    scores = np.array([facts["totals"][0] / facts["totals"][1] for facts in dimensions])
    covariance = np.array(part["covariance"])
    return float(shares @ scores), sqrt(max(float(shares @ covariance @ shares), 0.0))


def _index(specification: Mapping[str, Any], agency: Mapping[str, Any]) -> dict[str, Any]:
    """Return composition, index and standard error of an agency (M11, M12)."""
    raw, variance = 0.0, 0.0
    for group, weight in specification["components"].items():
        value, se = _composed(agency["components"][group])
        raw, variance = raw + weight * value, variance + (weight * se) ** 2
    points = sum(agency["corrections"].values())
    return {
        "code": agency["code"], "raw": raw, "index": raw - points, "points": points,
        "se": sqrt(variance), "df": agency["df"],
    }  # fmt: skip


def _headline(
    specification: Mapping[str, Any], agency: Mapping[str, Any], exact: Mapping[str, Any]
) -> Iterator[Check]:
    place, points = agency["code"], exact["points"]
    for name in ("raw", "index", "se"):
        yield Check(f"{place} {name}", agency[name], exact[name], 2 * HALF)
    low, high = mean_interval(exact["raw"], exact["se"], exact["df"])
    yield Check(f"{place} ci_low", agency["ci_low"], max(0.0, low - points), 2 * HALF)
    yield Check(f"{place} ci_high", agency["ci_high"], max(0.0, high - points), 2 * HALF)
    bands = specification["bands"]
    for band in bands:
        if band["code"] == agency["band"]:
            top = np.inf if band is bands[-1] else band["high"] + points
            edges = (band["low"] + points, top)
            chance = probability_between(exact["raw"], exact["se"], exact["df"], *edges)
            yield Check(f"{place} band_probability", agency["band_probability"], chance, CERTAIN)


def _national(published: Mapping[str, Any], shown: list[dict[str, Any]]) -> Iterator[Check]:
    found = national(shown)
    for name in ("index", "se", "ci_low", "ci_high"):
        recomputed = found[name] if found else float("nan")
        yield Check(f"national {name}", published[name], recomputed, 2 * HALF)


def _ranks(bundle: Mapping[str, Any], shown: list[dict[str, Any]]) -> Iterator[Check]:
    found = ranks_of(shown, bundle["method"]["seed"])
    for agency in bundle["agencies"]:
        rank = agency["rank"]
        if rank and agency["code"] in found:
            own = found[agency["code"]]
            for name in ("place", "best", "worst"):
                # Exact ties and draws at the edge of a set may move it by one.
                yield Check(f"{agency['code']} rank {name}", rank[name], own[name], 1.0)
