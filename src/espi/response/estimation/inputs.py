"""What a run reads: the extract, the population counts, the corrections, the specification."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from hashlib import sha256

import polars as pl
from django.conf import settings

from espi.design.models import Agency, Wave
from espi.design.queries import dropped_agencies
from espi.design.services import service_areas
from espi.instrument.reader import read as read_instrument
from espi.method.index.answer_tables import AskedItem
from espi.method.index.areas import AreaFacts, Register
from espi.method.index.document import IndexEstimate
from espi.method.index.layout import AgencyFacts, StratumFacts
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import Specification
from espi.method.index.specification import read as read_specification
from espi.response.ballotbox.models import Opening
from espi.response.estimation.canonical import digest
from espi.response.estimation.document import read_results
from espi.response.estimation.errors import (
    ExtractAltered,
    ItemsDisagree,
    NotOpened,
    PopulationsMissing,
)
from espi.response.estimation.joined import JoinedLabels, joined_labels
from espi.response.estimation.models import Correction, EstimationRun
from espi.response.opening.effect import SAMPLE
from espi.response.opening.labels import WITHHELD
from espi.response.opening.scoring import asked_items, scored_items, weighted
from espi.tallies.models import Tally


@dataclass(frozen=True, slots=True)
class Inputs:
    """Everything a run computes from; nothing else may enter."""

    extract: pl.DataFrame
    extract_digest: str
    strata: list[StratumFacts]
    agencies: list[AgencyFacts]
    items: list[ScoredItem]
    joined: JoinedLabels
    specification: Specification
    tallies_digest: str
    corrections_digest: str
    before: dict[str, IndexEstimate]
    register: Register
    asked: list[AskedItem]


def read_inputs(wave: Wave) -> Inputs:
    """Return the inputs of a run on ``wave``.

    Raises:
        NotOpened: there are no opened answers.
        ExtractAltered: the file is not what the opening wrote.
        PopulationsMissing: the population counts have not been imported.
    """
    opening = Opening.objects.filter(wave=wave).first()
    if opening is None:
        raise NotOpened(wave=wave.code)
    joined = joined_labels(opening.report)
    dropped = {each.agency.code for each in dropped_agencies(wave)}
    people = _people(wave, dropped)
    corrections = _corrections(wave)
    instruments = [read_instrument(i.content, i.code) for i in wave.instruments.all()]
    specification = _no_less_than(wave.minimum_cell, read_specification(wave.specification.content))
    return Inputs(
        extract=_extract(opening).filter(~pl.col("agency").is_in(sorted(dropped))),
        extract_digest=opening.extract_digest,
        strata=_strata(wave, people, joined),
        agencies=[
            agency for agency in _agencies(wave, corrections, joined) if agency.code not in dropped
        ],
        items=agreed(
            specification, [item for sheet in instruments for item in scored_items(sheet)]
        ),
        joined=joined,
        specification=specification,
        tallies_digest=digest([list(pair) for pair in people.items()]),
        corrections_digest=_digest_of(corrections),
        before=_before(wave),
        register={
            (area.agency.code, area.code): AreaFacts(area.group, area.name, area.category)
            for area in service_areas(wave)
        },
        asked=[item for sheet in instruments for item in asked_items(sheet)],
    )


def _no_less_than(minimum_cell: int, specification: Specification) -> Specification:
    """Return the specification with the wave's minimum cell, where that is the larger one.

    A component that may not be shown may not enter the index, either: it would follow from the
    index and the other two. Neither may a dimension enter its component.
    """
    least = max(minimum_cell, specification.minimum_component_n)
    return replace(specification, minimum_component_n=least)


def _before(wave: Wave) -> dict[str, IndexEstimate]:
    """Return the agencies' index in the last released wave of an earlier year, by code.

    A change is published beside the index, so it is only taken from what is public itself.
    """
    earlier = EstimationRun.objects.filter(
        wave__year__lt=wave.year, wave__phase=Wave.Phase.RELEASED
    )
    run = earlier.order_by("-wave__year", "-number").first()
    if run is None:
        return {}
    estimates = (agency.estimate for agency in read_results(run.results).agencies)
    return {estimate.code: estimate for estimate in estimates if estimate is not None}


def agreed(specification: Specification, asked: list[ScoredItem]) -> list[ScoredItem]:
    """Return the scored items with the weights of the specification.

    Raises:
        ItemsDisagree: specification and questionnaires do not score the same items, or not alike.
    """
    if not specification.items:
        return asked
    rules = {(rule.group, rule.code): rule for rule in specification.items}
    items = {(item.group, item.code): item for item in asked}
    if wrong := sorted(set(rules) ^ set(items)):
        raise ItemsDisagree(items=", ".join(f"{group} {code}" for group, code in wrong))
    for key, item in items.items():
        rule = rules[key]
        asked_as = (item.dimension, item.minimum, item.maximum, item.reversed, item.prevalence)
        scored_as = (rule.dimension, rule.minimum, rule.maximum, rule.reversed, rule.prevalence)
        if asked_as != scored_as:
            raise ItemsDisagree(items=" ".join(key))
    return weighted(specification, items.values())


def _extract(opening: Opening) -> pl.DataFrame:
    path = settings.STORAGE / "opened" / opening.extract_name
    try:
        content = path.read_bytes()
    except OSError:
        raise ExtractAltered from None
    if sha256(content).hexdigest() != opening.extract_digest:
        raise ExtractAltered
    # Records lie in random order; sorting by their random names makes sums repeat to the bit.
    frame = pl.read_parquet(content).sort("record")
    if "area" not in frame.columns:  # an opening before waves had a register of service areas
        frame = frame.rename({"unit": "area"})
    named = frame.filter((pl.col("channel") == SAMPLE) & (pl.col("agency") != WITHHELD))
    return named.drop("channel", "mode")


def _people(wave: Wave, dropped: Collection[str]) -> dict[str, int]:
    """Return the people on the list of each stratum that a sample was drawn from, by its code.

    Strata of agencies that the wave goes on without are left out.
    """
    tallies = Tally.objects.filter(wave_code=wave.code, kind=Tally.Kind.POPULATION)
    population = dict(tallies.values_list("stratum_code", "count"))
    if not population:
        raise PopulationsMissing
    strata = wave.strata.filter(channel=SAMPLE).exclude(agency__code__in=dropped)
    sampled = strata.order_by("code").values_list("code", flat=True)
    return {code: population[code] for code in sampled if code in population}


def _strata(wave: Wave, people: dict[str, int], joined: JoinedLabels) -> list[StratumFacts]:
    """Return the strata as the extract names them: joined ones with the people of all."""
    members: dict[str, list[str]] = {}
    for code in people:
        members.setdefault(joined.merged.get(code, code), []).append(code)
    return [
        StratumFacts(
            stratum.code,
            stratum.agency.code,
            stratum.group,
            sum(people[code] for code in members[stratum.code]),
            tuple(code for code in members[stratum.code] if code != stratum.code),
        )
        for stratum in wave.strata.select_related("agency").order_by("code")
        if stratum.code in members and (stratum.agency.code, stratum.group) not in joined.few
    ]


@dataclass(frozen=True, slots=True)
class CorrectionIndex:
    """An approved correction, as far as a run computes with it: an index of 0–100."""

    agency: str
    name: str
    value: float


def _corrections(wave: Wave) -> list[CorrectionIndex]:
    approved = Correction.objects.filter(wave=wave, state=Correction.State.APPROVED)
    rows = approved.order_by("agency__code", "name").values_list("agency__code", "name", "value")
    return [CorrectionIndex(*row) for row in rows]


def _digest_of(corrections: list[CorrectionIndex]) -> str:
    return digest([[each.agency, each.name, each.value] for each in corrections])


def corrections_digest(wave: Wave) -> str:
    """Return the SHA-256 of the corrections of a wave that are approved now, as a run keeps it."""
    return _digest_of(_corrections(wave))


def _agencies(
    wave: Wave, corrections: list[CorrectionIndex], joined: JoinedLabels
) -> list[AgencyFacts]:
    agencies = Agency.objects.filter(strata__wave=wave).distinct().order_by("code")
    return [
        AgencyFacts(
            agency.code,
            agency.name,
            agency.type,
            {each.name: each.value for each in corrections if each.agency == agency.code},
            frozenset(group for code, group in joined.few if code == agency.code),
        )
        for agency in agencies
    ]
