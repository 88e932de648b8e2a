"""The one door through which numbers leave: enough people behind each, rounded, with its interval.

Everything public is made from what ``disclosed`` returns; nothing else of a run is kept by a
release. A number that may not be shown is not there, and the reason stands in its place.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from espi.method.disclosure.cells import showable, shown_count

DECIMALS = 2
NUMBERS = (
    "score", "index", "raw", "se", "infinite_se", "unseen", "ci_low", "ci_high",
    "band_probability", "share", "points", "p", "q",
)  # fmt: skip
KEPT = (*NUMBERS, "n", "df", "label", "dimension", "band", "joining")
PART_DECIMALS = 6
NO_SIGN = (
    0.0  # added to a rounded number: PostgreSQL's JSON has no minus zero, digests would differ
)
HEADLINE = (
    "index", "raw", "se", "infinite_se", "unseen", "ci_low", "ci_high", "band", "band_probability",
)  # fmt: skip


def disclosed(agency: Mapping[str, Any], minimum_cell: int) -> dict[str, Any]:
    """Return what may be shown of an agency's results.

    Args:
        agency: an entry of ``agencies`` in the results of an estimation run.
        minimum_cell: least respondents behind any number.
    """
    withheld = agency["withheld"]
    shown = {
        "code": agency["code"],
        "name": agency["name"],
        "type": agency["type"],
        "withheld": withheld,
        "n": _answers(agency, minimum_cell),
        "corrections": {
            name: round(points, DECIMALS) for name, points in agency["corrections"].items()
        },
        "components": {},
    }
    if withheld:
        return shown | dict.fromkeys((*HEADLINE, "df", "rank", "change", "joining"))
    shown["components"] = {
        group: _component(part, minimum_cell)
        for group, part in agency["components"].items()
        if part["n"] >= minimum_cell
    }
    shown |= {"rank": agency["rank"], "change": rounded(agency["change"] or {}) or None}
    shown["df"] = agency["df"]
    if "joining" in agency:  # a run of an earlier version says nothing of it
        shown["joining"] = agency["joining"]
    return shown | rounded({name: agency[name] for name in HEADLINE})


def _answers(agency: Mapping[str, Any], minimum_cell: int) -> dict[str, str]:
    """Return the answers of each group as they may be shown.

    A group that was too small to carry the agency's name out of the seal has no record here, and
    still its count is not nought.
    """
    few = agency.get("few", ())
    return {
        group: f"<{minimum_cell}" if group in few else shown_count(n, minimum_cell)
        for group, n in agency["n"].items()
    }


def _component(part: Mapping[str, Any], minimum_cell: int) -> dict[str, Any]:
    names = ("dimensions", "items", "areas")
    shown = rounded({name: value for name, value in part.items() if name not in names})
    shown["dimensions"] = _large_enough(part["dimensions"], minimum_cell)
    codes = sorted(part["dimensions"])  # the order of the covariance
    kept = [k for k, code in enumerate(codes) if code in shown["dimensions"]]
    shown["correlation"] = _correlation([[part["covariance"][i][j] for j in kept] for i in kept])
    shown["items"] = _large_enough(part["items"], minimum_cell)
    shown["areas"] = _areas(part["areas"], part["n"], minimum_cell)
    return shown


def _large_enough(parts: Mapping[str, Any], minimum_cell: int) -> dict[str, Any]:
    shown = {}
    for name, facts in parts.items():
        if facts["n"] < minimum_cell:
            continue
        shown[name] = rounded(facts)
        if "share" in facts and facts["share"]["n"] >= minimum_cell:
            shown[name]["share"] = rounded(facts["share"], decimals=4)
    return shown


def _areas(parts: Mapping[str, Any], total: int, minimum_cell: int) -> dict[str, Any]:
    """Return the areas that may stand beside their total without giving away the rest of it.

    Where the people in no shown area would be fewer than a cell, the smallest shown area goes as
    well: otherwise the rest follows by subtraction.
    """
    shown = {
        name: facts
        for name, facts in parts.items()
        if showable(facts["n"], facts["score"], facts["se"], minimum_cell)
    }
    while shown and 0 < total - sum(facts["n"] for facts in shown.values()) < minimum_cell:
        del shown[min(shown, key=lambda name: (shown[name]["n"], name))]
    return {name: rounded(facts) for name, facts in shown.items()}


def rounded(facts: Mapping[str, Any], decimals: int = DECIMALS) -> dict[str, Any]:
    """Return the known facts with every number rounded; anything unforeseen stays inside."""
    shown = {
        name: round(value, decimals) + NO_SIGN
        if name in NUMBERS and isinstance(value, float)
        else value
        for name, value in facts.items()
        if name in KEPT and not (name == "share" and isinstance(value, dict))
    }
    return shown | ({"part": round(facts["part"], PART_DECIMALS)} if "part" in facts else {})


def _correlation(covariance: list[list[float]]) -> list[list[float]]:
    """Return correlations to two decimals: what a component's error is recomputed from.

    Totals and covariances to more digits would tell the sums of small strata.
    """
    spread = [row[place] ** 0.5 for place, row in enumerate(covariance)]
    return [
        [round(cell / (one * two), DECIMALS) + NO_SIGN if one and two else 0.0
         for cell, two in zip(row, spread, strict=True)]
        for row, one in zip(covariance, spread, strict=True)
    ]  # fmt: skip
