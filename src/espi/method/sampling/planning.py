"""Plans how many are drawn from each stratum, from the counts of the frame (M1 to M3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TypedDict

from espi.method.sampling.allocation import power
from espi.method.sampling.size import invitations, required_size

LEAST_PER_STRATUM = 2  # one sampled unit has no variance (M9)


@dataclass(frozen=True, slots=True)
class StratumCount:
    """A sampling stratum and its eligible people."""

    code: str
    agency: str
    group: str
    eligible: int


class PlanRow(TypedDict):
    """A stratum of the plan under its names in the database and in the published draw."""

    stratum: str
    agency: str
    group: str
    members: list[str]
    population: int
    invited: int


@dataclass(frozen=True, slots=True)
class StratumPlan:
    """The plan of one stratum.

    Attributes:
        code: the stratum in which its people are counted.
        members: the strata joined in it, itself included.
        population: eligible people of all members.
        invited: how many are drawn.
    """

    code: str
    agency: str
    group: str
    members: tuple[str, ...]
    population: int
    invited: int

    def plain(self) -> PlanRow:
        """Return the plan as it is stored."""
        return {
            "stratum": self.code,
            "agency": self.agency,
            "group": self.group,
            "members": list(self.members),
            "population": self.population,
            "invited": self.invited,
        }


@dataclass(frozen=True, slots=True)
class Rule:
    """The requirements of a wave on its sample.

    Attributes:
        margin_of_error: per agency and group, 0–1.
        expected_response: per group, 0–1.
        minimum_cell: least people in a stratum.
        exponent: of the allocation, 0–1: 1 shares in proportion to people, 0 equally (M3).
        margins: of agencies that have a margin of their own, by code.
    """

    margin_of_error: float
    expected_response: Mapping[str, float]
    minimum_cell: int
    exponent: float = 1.0
    margins: Mapping[str, float] = field(default_factory=dict)


def plan(counts: Sequence[StratumCount], rule: Rule) -> list[StratumPlan]:
    """Return what to draw from each stratum; small strata are joined to the largest sibling."""
    ordered = sorted(counts, key=lambda count: (count.agency, count.group, count.code))
    plans: list[StratumPlan] = []
    for (agency, group), siblings in groupby(ordered, key=lambda c: (c.agency, c.group)):
        joined = _join(list(siblings), rule.minimum_cell)
        sizes = [sum(count.eligible for count in members) for members in joined.values()]
        population = sum(sizes)
        margin = rule.margins.get(agency, rule.margin_of_error)
        required = required_size(population, margin)
        total = invitations(required, rule.expected_response[group], population)
        shares = power(total, sizes, rule.exponent, LEAST_PER_STRATUM)
        for (code, members), size, invited in zip(joined.items(), sizes, shares, strict=True):
            names = tuple(count.code for count in members)
            plans.append(StratumPlan(code, agency, group, names, size, invited))
    return plans


def _join(siblings: list[StratumCount], minimum: int) -> dict[str, list[StratumCount]]:
    largest = max(siblings, key=lambda count: (count.eligible, count.code))
    joined: dict[str, list[StratumCount]] = {largest.code: [largest]}
    for count in siblings:
        if count is largest:
            continue
        if count.eligible < minimum:
            joined[largest.code].append(count)
        else:
            joined[count.code] = [count]
    return dict(sorted(joined.items()))
