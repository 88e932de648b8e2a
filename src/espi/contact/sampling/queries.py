"""Reads of the frame, the commitment and the draw of a wave."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet

from espi.contact.frame.models import Person
from espi.contact.sampling.models import DiceThrow, FrameCommitment, SampleDraw
from espi.design.models import Agency, Stratum, Wave
from espi.design.queries import surveyed_strata
from espi.draw.commitment import unit_id
from espi.draw.dice import Throw
from espi.draw.proofs import ListRow
from espi.draw.roots import AgencyRoots, Roots, Unit, read_roots, roots_of
from espi.method.sampling.planning import Rule, StratumCount, StratumPlan, plan

BATCH = 2000  # rows per fetch


@dataclass(frozen=True, slots=True)
class FrameUnit:
    """A person of the frame as a unit of the draw, with the salts that hide the person.

    Attributes:
        row: what the agency can check in its own list.
        unit_salt: the second salt; no agency knows it.
        unit: what the draw knows of the person.
    """

    person_id: int
    row: ListRow
    unit_salt: bytes
    unit: Unit


def rule_of(wave: Wave) -> Rule:
    """Return the rule by which the wave's sample is sized and shared."""
    response = {group: float(share) for group, share in wave.expected_response.items()}
    least, exponent = wave.minimum_cell, float(wave.allocation_exponent)
    margins = {agency: float(margin) for agency, margin in sorted(wave.margins.items())}
    return Rule(float(wave.margin_of_error), response, least, exponent, margins)


def drawn_from(wave: Wave) -> QuerySet[Stratum]:
    """Return the strata that are drawn from lists; slips, interviews, dropped agencies are not."""
    return surveyed_strata(wave).filter(channel=Stratum.Channel.SAMPLE)


def planned(wave: Wave) -> list[StratumPlan]:
    """Return the plan of a draw from the frame as it is now."""
    eligible = Count("person", filter=Q(person__eligible=True))
    counts = [
        StratumCount(stratum.code, stratum.agency.code, stratum.group, stratum.people)
        for stratum in drawn_from(wave).select_related("agency").annotate(people=eligible)
    ]
    return plan(counts, rule_of(wave))


def draw_of(wave: Wave) -> SampleDraw | None:
    """Return the draw of a wave, if it has been made."""
    return SampleDraw.objects.filter(wave=wave).first()


def plan_of_draw(draw: SampleDraw) -> list[StratumPlan]:
    """Return the plan that a draw followed."""
    return [
        StratumPlan(
            code=row["stratum"],
            agency=row["agency"],
            group=row["group"],
            members=tuple(row["members"]),
            population=row["population"],
            invited=row["invited"],
        )
        for row in draw.plan
    ]


def commitment_of(wave: Wave) -> FrameCommitment | None:
    """Return the commitment to the frame of a wave, if it has been made."""
    return FrameCommitment.objects.filter(wave=wave).first()


def committed_roots(commitment: FrameCommitment) -> Roots:
    """Return what was committed to."""
    return read_roots(commitment.document.encode())


def throws_of(wave: Wave) -> tuple[Throw, ...]:
    """Return the dice of a wave, in the order in which they were thrown."""
    return tuple(Throw(row.by, row.throws) for row in DiceThrow.objects.filter(wave=wave))


def agencies_of(wave: Wave) -> list[Agency]:
    """Return the agencies that have strata in a wave and were not dropped before it, by code."""
    agencies = Agency.objects.filter(pk__in=surveyed_strata(wave).values("agency"))
    return sorted(agencies, key=lambda agency: agency.code)


def frame_units(wave: Wave, agency: Agency) -> Iterator[FrameUnit]:
    """Yield the eligible people of an agency who were committed to."""
    people = Person.objects.filter(wave=wave, agency=agency, eligible=True, salt__isnull=False)
    for person in people.select_related("salt", "stratum").iterator(chunk_size=BATCH):
        stratum = person.stratum.code
        salt, unit_salt = bytes(person.salt.list_salt), bytes(person.salt.unit_salt)
        row = ListRow(person.group, stratum, person.phone, person.email, salt.hex())
        leaf = row.leaf(agency.code)
        unit = Unit(stratum, leaf, unit_id(unit_salt, leaf))
        yield FrameUnit(person.pk, row, unit_salt, unit)


def agency_roots(wave: Wave, agency: Agency, units: list[FrameUnit]) -> AgencyRoots:
    """Return the roots of an agency, from its people as they stand in the database."""
    strata = [(stratum.code, stratum.group) for stratum in drawn_from(wave).filter(agency=agency)]
    return roots_of(agency.code, strata, [person.unit for person in units])
