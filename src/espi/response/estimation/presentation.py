"""What the page of runs shows: words and names in place of codes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from espi.design.models import Group, Wave, in_language
from espi.design.services import service_areas
from espi.method.index.document import AgencyResult
from espi.response.estimation.document import RunResults
from espi.response.estimation.reasons import reason_withheld
from espi.service_categories import category_of_label


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRow:
    """An agency in the table of a run.

    Attributes:
        withheld: why it has no index, as a sentence; "" where it has one.
        numbers: the results of the run, unrounded.
        band: name of its band; "" where there is none.
        answers: respondents of each group.
        joined: pairs of stratum and the one that it was joined to, by their names.
    """

    withheld: str
    numbers: AgencyResult
    band: str
    answers: Sequence[int]
    joined: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedRow:
    """A unit whose answers are unusually alike, by its names."""

    agency: str
    unit: str
    group: str
    size: int
    largest_group: int
    q: float


def run_rows(wave: Wave, results: RunResults) -> list[RunRow]:
    """Return the agencies of a run, in the language of the moment."""
    strata = {stratum.code: stratum.name for stratum in wave.strata.all()}
    listed = wave.specification.content.get("bands", ())
    bands = {band["code"]: in_language(band["label"]) for band in listed}
    return [
        RunRow(
            withheld=reason_withheld(agency.withheld),
            numbers=agency,
            band=bands.get(agency.band, agency.band) if agency.band else "",
            answers=[agency.n.get(group, 0) for group in Group.values],
            joined=[
                (strata.get(each.stratum, each.stratum), strata.get(each.into, each.into))
                for each in agency.collapsed
            ],
        )
        for agency in results.agencies
    ]


def flagged_rows(wave: Wave, results: RunResults) -> list[FlaggedRow]:
    """Return the units whose answers are unusually alike, in the language of the moment."""
    agencies = {agency.code: agency.name for agency in results.agencies}
    areas = {(area.agency.code, area.code): area.label for area in service_areas(wave)}
    return [
        FlaggedRow(
            agency=agencies.get(unit.agency, unit.agency),
            unit=areas.get((unit.agency, unit.unit)) or _category_or(unit.unit),
            group=str(Group(unit.group).label),
            size=unit.size,
            largest_group=unit.largest_group,
            q=unit.q,
        )
        for unit in results.quality.coached
    ]


def _category_or(label: str) -> str:
    """Return the name of the category that a label stands for; any other label as it is."""
    category = category_of_label(label)
    return in_language(category.name) if category else label
