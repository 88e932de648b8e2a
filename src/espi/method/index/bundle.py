"""Recomputes every published score from a released bundle, on any machine (docs/method, M29).

A bundle holds what each number is made of, to the digits that are published anyway: dimensions for
components, components for the index, correlations, parts, corrections, weights, bands and the seed.
More digits would tell the sums of small strata, whose weights anybody can guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import sqrt
from typing import Any

import numpy as np

from espi.method.estimation.intervals import mean_interval, probability_between
from espi.method.index.national import national
from espi.method.index.seeds import ranks_of

TOP = 100.0
HALF = 0.0051  # half a unit of the second decimal
WHOLE = 0.999  # of a component; less where a dimension may not be shown
CERTAIN = 0.03  # of a probability, which moves with the last digits of the rest
PLACES = 0.02  # of all agencies: how far the end of a rank set moves with the last digits


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
    shown: list[dict[str, Any]] = []
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
        value, se = _composed(part)
        if sum(facts["part"] for facts in part["dimensions"].values()) > WHOLE:
            yield Check(f"{place} score", part["score"], value, 2 * HALF)
            yield Check(f"{place} se", part["se"], se, 4 * HALF)
        yield from _interval(place, part)
        for kind in ("dimensions", "items", "areas"):
            for code, facts in part[kind].items():
                yield from _interval(f"{place} {code}", facts)


def _interval(place: str, facts: Mapping[str, Any]) -> Iterator[Check]:
    score, se = facts["score"], facts["se"]
    if not 0 < score < TOP:  # at the ends the interval is exact, not from the error
        return
    for name, end in zip(("ci_low", "ci_high"), mean_interval(score, se, facts["df"]), strict=True):
        steps = abs(end - score) / max(se, HALF)  # how much half a digit of the error moves the end
        yield Check(f"{place} {name}", facts[name], end, HALF * (3 + 2 * steps))


def _composed(part: Mapping[str, Any]) -> tuple[float, float]:
    """Return a component and its standard error from its dimensions (M14)."""
    dimensions = [facts for _code, facts in sorted(part["dimensions"].items())]
    shares = np.array([facts["part"] for facts in dimensions])
    errors = shares * np.array([facts["se"] for facts in dimensions])
    scores = np.array([facts["score"] for facts in dimensions])
    correlation = np.array(part["correlation"])
    return float(shares @ scores), sqrt(max(float(errors @ correlation @ errors), 0.0))


def _index(specification: Mapping[str, Any], agency: Mapping[str, Any]) -> dict[str, Any]:
    """Return composition, index and standard error of an agency (M11, M12).

    ``slack``: half a digit for the index, one for its components, one for each correction.
    """
    parts = [
        (weight, agency["components"][group])
        for group, weight in specification["components"].items()
    ]
    raw = sum(weight * part["score"] for weight, part in parts)
    variance = sum((weight * part["se"]) ** 2 for weight, part in parts)
    points = sum(agency["corrections"].values())
    return {
        "code": agency["code"], "raw": raw, "index": raw - points, "points": points,
        "se": sqrt(variance), "df": agency["df"],
        "slack": HALF * (2 + len(agency["corrections"])),
    }  # fmt: skip


def _headline(
    specification: Mapping[str, Any], agency: Mapping[str, Any], exact: Mapping[str, Any]
) -> Iterator[Check]:
    place, points, slack = agency["code"], exact["points"], exact["slack"]
    yield Check(f"{place} raw", agency["raw"], exact["raw"], 2 * HALF)
    yield Check(f"{place} index", agency["index"], exact["index"], slack)
    yield Check(f"{place} se", agency["se"], exact["se"], 2 * HALF)
    low, high = mean_interval(exact["raw"], exact["se"], exact["df"])
    yield Check(f"{place} ci_low", agency["ci_low"], max(0.0, low - points), slack + 4 * HALF)
    yield Check(f"{place} ci_high", agency["ci_high"], max(0.0, high - points), slack + 4 * HALF)
    bands = specification["bands"]
    for band in bands:
        if band["code"] == agency["band"]:
            top = np.inf if band is bands[-1] else band["high"] + points
            edges = (band["low"] + points, top)
            chance = probability_between(exact["raw"], exact["se"], exact["df"], *edges)
            moved = CERTAIN + slack / max(exact["se"], HALF)
            yield Check(f"{place} band_probability", agency["band_probability"], chance, moved)


def _national(published: Mapping[str, Any], shown: list[dict[str, Any]]) -> Iterator[Check]:
    found = national(shown)
    slack = max((exact["slack"] for exact in shown), default=2 * HALF)
    for name in ("index", "se", "ci_low", "ci_high"):
        recomputed = found[name] if found else float("nan")
        yield Check(f"national {name}", published[name], recomputed, slack)


def _ranks(bundle: Mapping[str, Any], shown: list[dict[str, Any]]) -> Iterator[Check]:
    found = ranks_of(shown, bundle["method"]["seed"])
    slack = max(1.0, PLACES * len(shown))
    for agency in bundle["agencies"]:
        rank = agency["rank"]
        if rank and agency["code"] in found:
            own = found[agency["code"]]
            for name in ("place", "best", "worst"):
                yield Check(f"{agency['code']} rank {name}", rank[name], own[name], slack)
