"""Two trustees, who know every opened answer and its batch, and somebody with the contact bank.

A wave of the size of a rehearsal is closed by the real deeds of both banks. The trustees have the
public log, where answers of a batch stand together; the bank has what it has kept. For each answer
the two look for the people it may be of. What stratum and unit alone tell is the chance level: it
is no secret that an answer is of somebody in its stratum and unit.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import sqrt
from random import Random
from zoneinfo import ZoneInfo

import pytest

from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.contact.fieldwork.actions import close_fieldwork
from espi.contact.frame.models import Person, Upload
from espi.contact.invitations.models import Invitation
from espi.contact.sampling.models import SampleCase, SampleDraw
from espi.design.models import Agency, Wave
from espi.response.ballotbox import slots
from espi.response.ballotbox.actions import close_box, release_batches
from espi.response.ballotbox.intake import opened_intake
from espi.response.ballotbox.models import Ballot, Batch
from espi.response.ballotbox.publishing import forget_batches
from tests.response.box import make_wave

PEOPLE, UNITS, K, CHANCE = 1248, 2, 10, 5
AGENCIES = [f"kab-{n}" for n in range(13)]
FIRST = date(2026, 7, 6)
REMINDED = FIRST + timedelta(days=9)
LAST = FIRST + timedelta(days=24)
BURSTS = (0, 9)  # days on which many answer: after the invitation, and after the reminder
ZONE = ZoneInfo("Asia/Jakarta")


@dataclass(frozen=True)
class Answer:
    """An opened answer as trustees see it, and its person, whom the test alone knows."""

    digest: bytes
    stratum: int
    unit: str
    person: int


@dataclass(frozen=True)
class Found:
    """How small the sets are, and what guessing within them comes to."""

    below: float
    alone: float
    right: float
    chance: float
    deviation: float

    @property
    def is_no_better_than_chance(self):
        return self.right <= self.chance + CHANCE * self.deviation


def days_of_finishing(rng):
    """Return when each person finishes: bursts that fade away."""
    days = []
    for _ in range(PEOPLE):
        day = rng.choice(BURSTS) + int(rng.expovariate(1 / 4))
        days.append(FIRST + timedelta(days=min(day, 24)))
    return days


def at_noon(day):
    return datetime.combine(day, time(12), ZONE)


def send_messages(wave, invitations):
    """Write the messages of an invitation, and of a reminder to whoever had not finished."""
    for kind, day in (("invitation", FIRST), ("reminder", REMINDED)):
        campaign = Campaign.objects.create(
            wave_code=wave.code, kind=kind, planned_at=at_noon(day), planned_by="x"
        )
        OutboundMessage.objects.bulk_create(
            OutboundMessage(
                campaign=campaign, recipient=one.reference, channel="whatsapp", address="x",
                template="x", language="id", state="read", due_at=at_noon(day),
                attempted_at=at_noon(day), attempts=1,
            )
            for one in invitations
            if kind == "invitation" or one.finished_on > day
        )  # fmt: skip


def fill_the_bank(wave, days):
    """Write what fieldwork leaves: people, invitations with their day, messages with their time."""
    strata = list(wave.strata.select_related("agency", "key_stratum"))
    agency = Agency.objects.first()
    upload = Upload.objects.create(
        wave=wave, agency=agency, group="internal", rows=0, accepted=0, rejected=0, ineligible=0,
        duplicates=0, file_name="x", digest="x", uploaded_by="x", uploaded_at=at_noon(FIRST),
    )  # fmt: skip
    draw = SampleDraw.objects.create(
        wave=wave, seed="1", plan={}, drawn_at=at_noon(FIRST), drawn_by="x"
    )
    people = [
        Person(
            wave=wave, agency=stratum.agency, group=stratum.group, upload=upload, stratum=stratum,
            name=f"P{n}", phone=f"+6289900{n:05}", email="",
            unit=f"Bidang {n // len(strata) % UNITS}",
            started_on=date(2020, 1, 1), eligible=True, language="id",
        )
        for n in range(PEOPLE)
        for stratum in [strata[n % len(strata)]]
    ]  # fmt: skip
    people = Person.objects.bulk_create(people)
    cases = SampleCase.objects.bulk_create(
        SampleCase(draw=draw, person=person, stratum=person.stratum, inclusion_probability=1.0)
        for person in people
    )
    invitations = Invitation.objects.bulk_create(
        Invitation(
            wave=wave, stratum=case.stratum, key_stratum=case.stratum.key_stratum, case=case,
            code_hash=n.to_bytes(32, "big"), check_code=f"{n:09}", language="id",
            state="finished", finished_on=days[n],
        )
        for n, case in enumerate(cases)
    )  # fmt: skip
    send_messages(wave, invitations)
    return [
        Answer(rng_bytes(n), case.stratum_id, case.person.unit, invitations[n].pk)
        for n, case in enumerate(cases)
    ]


def rng_bytes(number):
    return Random(number).randbytes(32)


def fill_the_box(wave, answers, days):
    """Let the ballots come day by day, with the real release of every night."""
    keys = dict(wave.strata.values_list("pk", "key_stratum"))
    by_day = defaultdict(list)
    for answer, day in zip(answers, days, strict=True):
        by_day[day].append(answer)
    for day in sorted(by_day):
        with opened_intake() as intake:
            for one in by_day[day]:
                intake.put(
                    slots.WaitingBallot(
                        one.digest, keys[one.stratum], bytes(64), bytes(384), bytes(8273)
                    )
                )
        release_batches(wave=wave, today=day, actor="test")


def batches():
    """Return for each ballot the days between which its batch gathered: the log tells as much."""
    windows, before = {}, {}
    for batch in Batch.objects.order_by("key_stratum_id", "number"):
        after = before.get(batch.key_stratum_id, FIRST - timedelta(days=1))
        windows[batch.pk] = (after, batch.closed_on)
        before[batch.key_stratum_id] = batch.closed_on
    rows = Ballot.objects.values_list("digest", "batch_id")
    return {bytes(digest): windows[batch] for digest, batch in rows}


def known_days():
    """Return for each finished person the first and last day on which that may have been.

    All that the bank holds: the day itself; else whether a reminder was still sent.
    """
    reminders = OutboundMessage.objects.filter(campaign__kind="reminder")
    reminded = set(reminders.values_list("recipient", flat=True))
    known = {}
    for one in Invitation.objects.filter(state="finished").select_related("case__person"):
        place = one.stratum_id, one.case.person.unit
        if one.finished_on is not None:
            span = one.finished_on, one.finished_on
        elif one.reference in reminded:
            span = REMINDED, LAST
        else:
            span = (FIRST, REMINDED) if reminded else (FIRST, LAST)
        known[one.pk] = (place, span)
    return known


def attack(answers, windows):
    """Look for everybody an answer may be of: by stratum and unit, then by days and batches."""
    of_place = defaultdict(list)
    for person, (place, span) in known_days().items():
        of_place[place].append((person, span))
    sizes, right, chance, variance = [], 0.0, 0.0, 0.0
    for answer in answers:
        here = of_place[answer.stratum, answer.unit]
        after, until = windows[answer.digest]
        fits = [one for one, (first, last) in here if last > after and first <= until]
        assert answer.person in fits
        sizes.append(len(fits))
        right += 1 / len(fits)
        chance += 1 / len(here)
        variance += 1 / len(here) * (1 - 1 / len(here))
    return Found(
        below=sum(size < K for size in sizes) / len(sizes),
        alone=sum(size == 1 for size in sizes) / len(sizes),
        right=right, chance=chance, deviation=sqrt(variance),
    )  # fmt: skip


@pytest.fixture
def field(transactional_db, settings, monkeypatch):
    """Return a wave at its last day, its answers, and what the trustees know of their batches."""
    for wait_for_the_disk in ("fsync", "fdatasync"):
        monkeypatch.setattr(slots.os, wait_for_the_disk, lambda _descriptor: None)
    settings.SIGNER_URL = "http://signer.example"  # another body's: it forgets at its own closing
    wave = make_wave(agencies=AGENCIES)
    days = days_of_finishing(Random(26))
    answers = fill_the_bank(wave, days)
    fill_the_box(wave, answers, days)
    wave = close_box(wave=Wave.objects.get(), today=LAST, actor="test")
    return wave, answers, batches()


def test_two_trustees_with_the_bank_do_no_better_than_chance_after_the_closing(field):
    """With the days nearly everybody stood in a set below ten, and many alone; after it nobody."""
    wave, answers, windows = field
    before = attack(answers, windows)
    Invitation.objects.update(finished_on=None)
    reminders_alone = attack(answers, windows)
    close_fieldwork(wave=wave, actor="test")
    forget_batches(wave=wave)
    after = attack(answers, windows)

    assert before.below > 0.9, before
    assert before.alone > 0.01, before
    assert not before.is_no_better_than_chance
    assert reminders_alone.below > 0.2, reminders_alone
    assert not reminders_alone.is_no_better_than_chance
    assert after.is_no_better_than_chance, after
    assert after.right == pytest.approx(after.chance)
    assert (after.below, after.alone) == (0, 0)
    assert set(Batch.objects.values_list("number", flat=True)) == {1}
