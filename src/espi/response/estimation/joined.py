"""How the opening joined strata, and what that means for an estimation and its results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import ceil

import msgspec
from msgspec import UNSET, UnsetType

from espi.method.index.document import AgencyResult
from espi.method.index.specification import Specification
from espi.response.opening.effect import SAMPLE

CENTS = 100  # results are published to two decimals; a bound is rounded up to them
ROUNDING = 1e-9  # so that a bound that is whole in cents is not raised to the next


@dataclass(frozen=True, slots=True)
class JoinedArea:
    """A service area whose few answers carry another label since the opening.

    Attributes:
        into: ``category:<code>``, or "" where the answers are of no named area.
    """

    agency: str
    group: str
    channel: str
    area: str
    into: str


@dataclass(frozen=True, slots=True)
class JoinedLabels:
    """Which strata an extract names, and which were joined to others at the opening (M30).

    Attributes:
        merged: by stratum that was joined to another: the one whose name its records carry.
        few: agency and group of samples that were too small for their records to carry the
            agency's name.
        bounds: by agency and group, points that joining moved the component by at most; one that is
            not listed was not moved. None where the opening could not say.
        areas: service areas of samples that had too few answers to be named.
    """

    merged: Mapping[str, str]
    few: frozenset[tuple[str, str]]
    bounds: Mapping[str, Mapping[str, float]] | None
    areas: tuple[JoinedArea, ...] = ()

    def bound(self, agency: str, group: str) -> float | None:
        """Return the points that a component was moved by at most, None where nobody knows."""
        return None if self.bounds is None else self.bounds.get(agency, {}).get(group, 0.0)


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What the report of an opening says of labels; the names are those of its JSON.

    Attributes:
        few: agency, group and channel.
        joining: as ``JoinedLabels.bounds``; absent in reports of earlier versions.
    """

    merged: dict[str, str] = field(default_factory=dict)
    few: tuple[tuple[str, str, str], ...] = ()
    joining: dict[str, dict[str, float]] | UnsetType | None = UNSET
    joined_areas: tuple[JoinedArea, ...] = ()


def joined_labels(content: object) -> JoinedLabels:
    """Return what the report of an opening says of labels, from its JSON.

    Reports of earlier versions know no bounds: where they joined strata, nobody knows the effect.
    """
    report = msgspec.convert(content, OpeningReport)
    few = {(agency, group) for agency, group, channel in report.few if channel == SAMPLE}
    bounds = report.joining
    if bounds is UNSET:
        bounds = None if report.merged else {}
    merged = {code: _end(report.merged, code) for code in report.merged}
    areas = tuple(area for area in report.joined_areas if area.channel == SAMPLE)
    return JoinedLabels(merged, frozenset(few), bounds, areas)


def _end(merged: Mapping[str, str], code: str) -> str:
    """Follow the joining to its end; older openings joined one stratum after the other."""
    while code in merged:
        code = merged[code]
    return code


def with_joining(
    agency: AgencyResult, joined: JoinedLabels, specification: Specification
) -> AgencyResult:
    """Put beside each component and the index the points that joining moved it by at most (M30)."""
    bounds = {group: joined.bound(agency.code, group) for group in agency.components}
    return replace(
        agency,
        components={
            group: replace(part, joining=bounds[group]) for group, part in agency.components.items()
        },
        joining=None if agency.index is None else _index_bound(bounds, specification),
    )


def _index_bound(bounds: Mapping[str, float | None], specification: Specification) -> float | None:
    """Return the bound on the index from those on its components; None where one is not known."""
    known_bounds = {group: bound for group, bound in bounds.items() if bound is not None}
    if len(known_bounds) < len(bounds):
        return None
    moved = sum(specification.components[group] * bound for group, bound in known_bounds.items())
    return ceil(moved * CENTS - ROUNDING) / CENTS
