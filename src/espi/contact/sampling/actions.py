"""The steps of the draw in their order: commit to the frame, throw dice, draw; each only once."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from espi.accounts.models import Staff
from espi.contact.frame.models import Person
from espi.contact.frame.queries import lists_being_read
from espi.contact.sampling import errors
from espi.contact.sampling.models import (
    DiceThrow,
    FrameCommitment,
    FrameSalt,
    SampleCase,
    SampleDraw,
)
from espi.contact.sampling.queries import (
    FrameUnit,
    agencies_of,
    agency_roots,
    commitment_of,
    committed_roots,
    draw_of,
    frame_units,
    planned,
    rule_of,
    throws_of,
)
from espi.design.actions import advance_phase
from espi.design.models import Agency, Stratum, Wave
from espi.draw.commitment import SALT_LENGTH
from espi.draw.dice import LEAST_PEOPLE, LEAST_THROWS, MOST_THROWS, are_throws, enough, seed_of
from espi.draw.record import plan_of
from espi.draw.roots import AgencyRoots, Roots
from espi.method.sampling.planning import StratumPlan
from espi.method.sampling.selection import select
from espi.platform import audit
from espi.platform.audit import Actor
from espi.tallies.actions import record_tally
from espi.tallies.models import Tally

BATCH = 2000  # rows per INSERT
LONGEST_SEED, LONGEST_SOURCE = 80, 200
# The second where the phase was moved by hand in an earlier version and nothing was committed to.
OPEN = {Wave.Phase.FRAMES, Wave.Phase.COMMITTED}


@transaction.atomic
def commit_frame(*, wave: Wave, actor: Actor | str, now: datetime) -> FrameCommitment:
    """Close the lists of ``wave`` and commit to everybody on them, before any seed is known.

    Raises:
        FrameStillOpen: the wave has no lists yet.
        AlreadyCommitted: the wave has its commitment.
        ListsBeingRead: a list was uploaded and has not been read to its end.
        ListsIncomplete: a group has too few eligible people to be drawn from.
    """
    # Locked against uploads (``locked_wave``): a person added now would be in no root.
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if commitment_of(wave):
        raise errors.AlreadyCommitted(wave=wave.code)
    if wave.phase not in OPEN:
        raise errors.FrameStillOpen(wave=wave.code)
    if unread := lists_being_read(wave):
        raise errors.ListsBeingRead(lists=", ".join(unread))
    _refuse_small_lists(wave)
    agencies = tuple(_commit_agency(wave, agency) for agency in agencies_of(wave))
    roots = Roots(wave.code, _day(now), rule_of(wave), agencies)
    commitment = FrameCommitment.objects.create(
        wave=wave,
        document=roots.content().decode(),
        digest=roots.digest,
        committed_at=now,
        committed_by=_name(actor),
    )
    advance_phase(wave=wave, to=Wave.Phase.COMMITTED, actor=actor)
    audit.record(actor, "sampling.commit", wave=wave.code, digest=roots.digest)
    return commitment


def _refuse_small_lists(wave: Wave) -> None:
    small = {
        f"{plan.agency} ({plan.group})"
        for plan in planned(wave)
        if plan.population < wave.minimum_cell
    }
    if small:
        raise errors.ListsIncomplete(minimum=wave.minimum_cell, lists=", ".join(sorted(small)))


def _commit_agency(wave: Wave, agency: Agency) -> AgencyRoots:
    people = Person.objects.filter(wave=wave, agency=agency, eligible=True)
    FrameSalt.objects.bulk_create(
        (
            FrameSalt(
                person_id=person,
                list_salt=secrets.token_bytes(SALT_LENGTH),
                unit_salt=secrets.token_bytes(SALT_LENGTH),
            )
            for person in people.values_list("pk", flat=True)
        ),
        batch_size=BATCH,
    )
    return agency_roots(wave, agency, list(frame_units(wave, agency)))


@transaction.atomic
def throw_dice(*, wave: Wave, by: str, throws: str, actor: Actor | str, now: datetime) -> DiceThrow:
    """Record the dice that one member of staff threw; the seed is made of all throws in order.

    Raises:
        NotCommitted: the lists are open; whoever knew the seed could still choose who is on them.
        AlreadyDrawn: the wave has its sample.
        ThrowsUnusable: the throws are too few, too many or not digits from 1 to 6.
        MayNotThrow: there is no such active member of staff.
        HasThrown: the person has thrown already.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    _refuse_unready(wave)
    throws = "".join(throws.split())
    if not are_throws(throws):
        raise errors.ThrowsUnusable(least=LEAST_THROWS, most=MOST_THROWS)
    if not Staff.objects.filter(username=by, is_active=True).exists():
        raise errors.MayNotThrow(who=by)
    if wave.dice.filter(by=by).exists():
        raise errors.HasThrown(who=by)
    throw = DiceThrow.objects.create(wave=wave, by=by, throws=throws, thrown_at=now)
    audit.record(actor, "sampling.dice", wave=wave.code, by=by, throws=throws)
    return throw


@transaction.atomic
def draw_sample(
    *, wave: Wave, actor: Actor | str, now: datetime, seed: str = "", source: str = ""
) -> SampleDraw:
    """Draw the sample of ``wave``, once and for all.

    The same frame and the same seed give the same cases on any machine, so an observer can repeat
    the draw from the published files.

    Args:
        wave: the wave, its lists closed.
        actor: who draws.
        now: when.
        seed: a public value that nobody knew before the commitment; empty: from the dice.
        source: what the public value is.

    Raises:
        AlreadyDrawn: the wave has its sample.
        NotCommitted: the lists are not closed.
        DiceMissing: too few people have thrown, and no public value was given.
        SeedAndDice: dice were thrown, and a public value was given as well.
        SeedUnusable: the value is empty, too long or cannot be printed.
        FrameAltered: the lists are not those that were committed to.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    commitment = _refuse_unready(wave)
    seed = _seed(wave, seed, source)
    roots = committed_roots(commitment)
    plans = plan_of(roots)
    draw = SampleDraw.objects.create(
        wave=wave,
        seed=seed,
        source=source,
        plan=[plan.plain() for plan in plans],
        drawn_at=now,
        drawn_by=_name(actor),
    )
    count = sum(_draw_agency(draw, agency, roots, plans) for agency in agencies_of(wave))
    advance_phase(wave=wave, to=Wave.Phase.DRAWN, actor=actor)
    audit.record(actor, "sampling.draw", wave=wave.code, seed=seed, cases=count)
    return draw


def _refuse_unready(wave: Wave) -> FrameCommitment:
    if draw_of(wave):
        raise errors.AlreadyDrawn(wave=wave.code)
    commitment = commitment_of(wave)
    if commitment is None or wave.phase != Wave.Phase.COMMITTED:
        raise errors.NotCommitted(wave=wave.code)
    return commitment


def _seed(wave: Wave, seed: str, source: str) -> str:
    throws = throws_of(wave)
    if not seed and not source:
        if not enough(throws):
            raise errors.DiceMissing(least=LEAST_PEOPLE, found=len(throws))
        return seed_of(throws)
    if throws:
        raise errors.SeedAndDice
    fits = 0 < len(seed) <= LONGEST_SEED and len(source) <= LONGEST_SOURCE
    if not fits or not (seed + source).isprintable():
        raise errors.SeedUnusable
    return seed


def _draw_agency(draw: SampleDraw, agency: Agency, roots: Roots, plans: list[StratumPlan]) -> int:
    wave = draw.wave
    people = list(frame_units(wave, agency))
    unknown = Person.objects.filter(wave=wave, agency=agency, eligible=True, salt=None)
    if unknown.exists() or agency_roots(wave, agency, people) not in roots.agencies:
        raise errors.FrameAltered(agency=agency.code)
    return sum(_draw_stratum(draw, plan, people) for plan in plans if plan.agency == agency.code)


def _draw_stratum(draw: SampleDraw, plan: StratumPlan, people: list[FrameUnit]) -> int:
    wave = draw.wave
    home = Stratum.objects.get(wave=wave, code=plan.code)
    persons = {
        person.unit.unit.hex(): person for person in people if person.unit.stratum in plan.members
    }
    drawn = select(persons, draw.seed, plan.invited)
    SampleCase.objects.bulk_create(
        (
            SampleCase(
                draw=draw,
                person_id=persons[unit].person_id,
                stratum=home,
                inclusion_probability=plan.invited / plan.population,
            )
            for unit in drawn
        ),
        batch_size=BATCH,
    )
    for kind, count in ((Tally.Kind.POPULATION, plan.population), (Tally.Kind.INVITED, len(drawn))):
        if count == 0 or count >= wave.minimum_cell:
            record_tally(wave_code=wave.code, stratum_code=home.code, kind=kind, count=count)
    return len(drawn)


def _name(actor: Actor | str) -> str:
    return actor if isinstance(actor, str) else actor.get_username()


def _day(moment: datetime) -> str:
    return timezone.localtime(moment).date().isoformat()
