"""How far joined labels move each component; computed while the sealed labels are still known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from espi.method.errors import MethodError
from espi.method.index.joining import Layout, Shift, shifts
from espi.method.index.layout import AgencyFacts, StratumFacts
from espi.method.index.specification import Specification, read
from espi.method.response_quality.completeness import usable
from espi.response.opening.facts import StratumPlace, WaveFacts
from espi.response.opening.labels import WITHHELD, Labelled
from espi.response.opening.scoring import scored_items, weighted

SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class Effect:
    """What joining does to the components.

    Attributes:
        shifts: by agency and group, where any weight changed. They are exact, so they never leave
            this process.
        unknown: why they could not be computed; empty where they could.
    """

    shifts: Mapping[str, Mapping[str, Shift]]
    unknown: str = ""

    @property
    def bounds(self) -> dict[str, dict[str, float]] | None:
        """What may be published: by agency and group, points that no shift exceeds."""
        if self.unknown:
            return None
        return {
            agency: {group: shift.bound for group, shift in groups.items()}
            for agency, groups in self.shifts.items()
        }


def effect_of(records: pl.DataFrame, labelled: Labelled, facts: WaveFacts) -> Effect:
    """Return what joining the strata does to the components of the index.

    Args:
        records: with the strata that were sealed.
        labelled: what the joining made of them.
        facts: of the wave.
    """
    if not any(facts.strata[code].channel == SAMPLE for code in labelled.merged):
        return Effect({})
    answered = set(labelled.frame["stratum"]) | set(labelled.merged)
    strata = {
        code: stratum
        for code, stratum in facts.strata.items()
        if stratum.channel == SAMPLE and (stratum.population is not None or code in answered)
    }
    if facts.specification is None or any(
        stratum.population is None for stratum in strata.values()
    ):
        return Effect({}, "the box was exported without the counts of people or the specification")
    specification = read(facts.specification)
    items = weighted(
        specification, [item for sheet in facts.instruments for item in scored_items(sheet)]
    )
    joined = labelled.frame.filter(
        (pl.col("channel") == SAMPLE) & (pl.col("agency") != WITHHELD)
    ).join(records.select("record", true="stratum"), on="record", how="left")
    few = {(agency, group) for agency, group, channel in labelled.few if channel == SAMPLE}
    own = _strata({code: p for code, p in strata.items() if (p.agency, p.group) not in few}, {})
    agencies = [AgencyFacts(code, code, "") for code in sorted({s.agency for s in own})]
    before = Layout(_usable(joined.with_columns(stratum="true"), specification, facts), own)
    after = Layout(
        _usable(joined, specification, facts),
        _strata({s.code: strata[s.code] for s in own}, labelled.merged),
    )
    try:
        return Effect(shifts(specification, items, agencies, before, after))
    except MethodError as refusal:
        return Effect({}, str(refusal))


def _usable(rows: pl.DataFrame, specification: Specification, facts: WaveFacts) -> pl.DataFrame:
    """Return the records that an estimation would take."""
    items = {
        group: [
            item.code
            for sheet in facts.instruments
            if sheet.group == group
            for item in sheet.items
            if item.dimension
        ]
        for group in specification.components
    }
    return usable(rows, items)[0]


def _strata(strata: Mapping[str, StratumPlace], merged: Mapping[str, str]) -> list[StratumFacts]:
    """Return the strata with their people, joined ones under one name."""
    people: dict[str, int] = {}
    for code, stratum in strata.items():
        name = merged.get(code, code)
        people[name] = people.get(name, 0) + (stratum.population or 0)
    return [
        StratumFacts(code, strata[code].agency, strata[code].group, count)
        for code, count in sorted(people.items())
    ]
