"""The deed of sampling: once, and the same on any machine."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from espi.contact.frame.models import Person
from espi.contact.sampling.errors import AlreadyDrawn, FrameStillOpen, ListsIncomplete
from espi.contact.sampling.models import SampleCase, SampleDraw
from espi.contact.sampling.queries import planned
from espi.design.actions import advance_phase
from espi.design.models import Stratum, Wave
from espi.method.sampling.planning import StratumPlan
from espi.method.sampling.selection import select
from espi.platform import audit
from espi.platform.audit import Actor
from espi.tallies.actions import record_tally
from espi.tallies.models import Tally

BATCH = 2000


@transaction.atomic
def draw_sample(*, wave: Wave, seed: str, actor: Actor | str, now: datetime) -> SampleDraw:
    """Draw the sample of ``wave``, once and for all.

    The same frame and the same seed give the same cases on any machine, so an observer can repeat
    the draw from the published seed.

    Raises:
        FrameStillOpen: the wave has no lists yet.
        AlreadyDrawn: the wave has its sample.
        ListsIncomplete: a group has too few eligible people to be drawn from.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if SampleDraw.objects.filter(wave=wave).exists():
        raise AlreadyDrawn(wave=wave.code)
    if wave.phase != Wave.Phase.FRAMES:
        raise FrameStillOpen(wave=wave.code)
    plans = planned(wave)
    _refuse_small_lists(wave, plans)
    draw = SampleDraw.objects.create(
        wave=wave,
        seed=seed,
        plan=[plan.plain() for plan in plans],
        drawn_at=now,
        drawn_by=actor if isinstance(actor, str) else actor.get_username(),
    )
    count = sum(_draw_stratum(draw, wave, plan) for plan in plans)
    advance_phase(wave=wave, to=Wave.Phase.DRAWN, actor=actor)
    audit.record(actor, "sampling.draw", wave=wave.code, seed=seed, cases=count)
    return draw


def _refuse_small_lists(wave: Wave, plans: list[StratumPlan]) -> None:
    small = [
        f"{plan.agency} ({plan.group})" for plan in plans if plan.population < wave.minimum_cell
    ]
    if small:
        raise ListsIncomplete(minimum=wave.minimum_cell, lists=", ".join(sorted(set(small))))


def _draw_stratum(draw: SampleDraw, wave: Wave, plan: StratumPlan) -> int:
    strata = Stratum.objects.filter(wave=wave, code__in=plan.members)
    home = Stratum.objects.get(wave=wave, code=plan.code)
    people = Person.objects.filter(stratum__in=strata, eligible=True)
    persons = {unit_id(person): person for person in people}
    drawn = select(persons, draw.seed, plan.invited)
    SampleCase.objects.bulk_create(
        (
            SampleCase(
                draw=draw,
                person=persons[unit],
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


def unit_id(person: Person) -> str:
    """Return what identifies a person in the draw: the contact, as it stands on the list.

    The same list gives the same identifiers on any machine, whatever our own keys are.
    """
    return f"{person.phone}|{person.email}"
