"""What the opening did to labels, as an estimation must know it and as results say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from espi.method.index.specification import Specification
from espi.response.opening.effect import SAMPLE

CENTS = 100  # results are published to two decimals; a bound is rounded up to them
ROUNDING = 1e-9  # so that a bound that is whole in cents is not raised to the next


@dataclass(frozen=True, slots=True)
class JoinedLabels:
    """The labels of an extract.

    Attributes:
        merged: strata that gave up their name, and whose their records carry.
        few: agency and group of samples that were too small to be named.
        bounds: by agency and group, points that joining moved the component by at most; one that is
            not listed was not moved. None where the opening could not say.
    """

    merged: Mapping[str, str]
    few: frozenset[tuple[str, str]]
    bounds: Mapping[str, Mapping[str, float]] | None

    def bound(self, agency: str, group: str) -> float | None:
        """Return the points that a component was moved by at most, None where nobody knows."""
        return None if self.bounds is None else self.bounds.get(agency, {}).get(group, 0.0)


def joined_labels(report: Mapping[str, Any]) -> JoinedLabels:
    """Return what the report of an opening says of labels; older ones know no bounds."""
    merged = report.get("merged", {})
    few = {(agency, group) for agency, group, of in report.get("few", []) if of == SAMPLE}
    bounds = report.get("joining") if "joining" in report or merged else {}
    return JoinedLabels({code: _end(merged, code) for code in merged}, frozenset(few), bounds)


def _end(merged: Mapping[str, str], code: str) -> str:
    """Follow the joining to its end; older openings joined one stratum after the other."""
    while code in merged:
        code = merged[code]
    return code


def add_joining(
    agencies: Sequence[dict[str, Any]], joined: JoinedLabels, specification: Specification
) -> None:
    """Put beside each component and index the points that joining moved it by at most (M30)."""
    for agency in agencies:
        parts = agency["components"]
        for group, part in parts.items():
            part["joining"] = joined.bound(agency["code"], group)
        agency["joining"] = None
        bounds = {group: part["joining"] for group, part in parts.items()}
        if agency["index"] is not None and None not in bounds.values():
            moved = sum(specification.components[group] * bound for group, bound in bounds.items())
            agency["joining"] = ceil(moved * CENTS - ROUNDING) / CENTS
