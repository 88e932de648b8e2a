"""Recomputes every published score from a released bundle, on any machine (docs/method, M29).

A bundle holds what each number is made of, to the digits that are published anyway: dimensions for
components, components for the index, correlations, parts, corrections, weights, bands and the seed.
More digits would tell the sums of small strata, whose weights anybody can guess.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from math import sqrt
from typing import Any

import numpy as np

from espi.method.estimation.intervals import mean_intervals, probability_between
from espi.method.index.national import national
from espi.method.index.seeds import ranks_of

TOP = 100.0
SMALL = 1e-6  # from an end of the scale, where intervals are exact ones
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
    score = facts["score"]
    if not 0 < score < TOP:  # at the ends the interval is exact, not from the error
        return
    ends = _ends(score, facts["infinite_se"], facts["df"], facts["unseen"])
    for name, (least, most) in zip(("ci_low", "ci_high"), ends, strict=True):
        middle, half = (least + most) / 2, (most - least) / 2
        yield Check(f"{place} {name}", facts[name], middle, half + 3 * HALF)


def _ends(
    value: float, se: float, df: int, unseen: float, slack: float = HALF
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return the least and the greatest lower end, and upper end, that rounding allows.

    Every end moves one way with each of the three numbers within half a digit, so the corners tell.

    Args:
        value: 0–100, published to two decimals.
        se: as if the population were infinite, published to two decimals.
        df: published whole.
        unseen: 0–1, published to two decimals.
        slack: how far ``value`` may be from the exact one.
    """
    one, two, three = np.array(list(product((-1, 0, 1), repeat=3)), dtype=np.float64).T
    low, high = mean_intervals(
        np.clip(value + one * slack, SMALL, TOP - SMALL),
        np.maximum(se + two * HALF, 0.0),
        np.full(one.size, df),
        np.clip(unseen + three * HALF, 0.0, 1.0),
    )
    return (float(low.min()), float(low.max())), (float(high.min()), float(high.max()))


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
    infinite = sum((weight * part["infinite_se"]) ** 2 for weight, part in parts)
    points = sum(agency["corrections"].values())
    return {
        "code": agency["code"], "raw": raw, "index": raw - points, "points": points,
        "se": sqrt(variance), "infinite_se": sqrt(infinite), "unseen": agency["unseen"],
        "df": agency["df"],
        "slack": HALF * (2 + len(agency["corrections"])),
    }  # fmt: skip


def _headline(
    specification: Mapping[str, Any], agency: Mapping[str, Any], exact: Mapping[str, Any]
) -> Iterator[Check]:
    place, points, slack = agency["code"], exact["points"], exact["slack"]
    yield Check(f"{place} raw", agency["raw"], exact["raw"], 2 * HALF)
    yield Check(f"{place} index", agency["index"], exact["index"], slack)
    yield Check(f"{place} se", agency["se"], exact["se"], 2 * HALF)
    yield Check(f"{place} infinite_se", agency["infinite_se"], exact["infinite_se"], 2 * HALF)
    ends = _ends(exact["raw"], exact["infinite_se"], exact["df"], exact["unseen"], 2 * HALF)
    for name, (least, most) in zip(("ci_low", "ci_high"), ends, strict=True):
        middle = max(0.0, (least + most) / 2 - points)
        yield Check(f"{place} {name}", agency[name], middle, (most - least) / 2 + slack)
    yield from _joining(specification, agency)
    bands = specification["bands"]
    for band in bands:
        if band["code"] == agency["band"]:
            top = np.inf if band is bands[-1] else band["high"] + points
            edges = (band["low"] + points, top)
            chance = probability_between(
                exact["raw"], exact["infinite_se"], exact["df"], *edges, unseen=exact["unseen"]
            )
            moved = CERTAIN + slack / max(exact["se"], HALF)
            yield Check(f"{place} band_probability", agency["band_probability"], chance, moved)


def _joining(specification: Mapping[str, Any], agency: Mapping[str, Any]) -> Iterator[Check]:
    """Yield the bound on what joined strata move the index by, from those of its components (M30).

    Releases of earlier versions have none.
    """
    if agency.get("joining") is not None:
        bound = sum(
            weight * agency["components"][group]["joining"]
            for group, weight in specification["components"].items()
        )
        yield Check(f"{agency['code']} joining", agency["joining"], bound, 2 * HALF)


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
