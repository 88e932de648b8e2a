"""A database that was restored or copied sends nothing until two people say so.

A savepoint that is rolled back is a database restored to an earlier state: on either engine
nothing of what came later is left in it, while the files beside it are as they were.
"""

from __future__ import annotations

import shutil
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import transaction

from espi.contact.dispatch.actions import Recipient, plan_messages
from espi.contact.dispatch.errors import SamePersonTwice, SendingIsOn
from espi.contact.dispatch.installation import journal, matching, restart
from espi.contact.dispatch.installation.matching import Finding
from espi.contact.dispatch.models import Campaign, Installation, OutboundMessage, Suppression
from espi.contact.dispatch.queries import is_stopped
from espi.contact.dispatch.sending import outbox, overdue
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.platform.models import AuditLine
from tests.contact.field import NOW

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
LATER = NOW + timedelta(days=3)


def people(count, start=0):
    return [
        Recipient(uuid4(), f"+62899000{1000 + n}", f"p{n}@contoh.example", "id", {})
        for n in range(start, start + count)
    ]


def plan(recipients, kind="invitation"):
    plan_messages(wave_code="uji", kind=kind, recipients=recipients, now=NOW, actor="test")


def send(limit=100, fate=Fate.ACCEPTED, channel="whatsapp", now=NOW):
    """Send what is due, and return the addresses that went on the wire."""
    ids = outbox.claim(channel=channel, now=now, limit=limit)
    messages = outbox.mark_sending(ids=ids, now=now)
    outbox.settle(
        outcomes={m.pk: Outcome(fate, carrier_id=f"wamid.{m.attempt_id}") for m in messages},
        now=now,
    )
    return [message.address for message in messages]


class Copy:
    """An earlier copy of the database."""

    def __init__(self):
        self.savepoint = transaction.savepoint()

    def restore(self):
        transaction.savepoint_rollback(self.savepoint)


def confirm(*, nothing_sent=False, now=NOW):
    assert restart.confirm(by="satu", nothing_sent=nothing_sent, now=now) is None
    return restart.confirm(by="dua", nothing_sent=nothing_sent, now=now)


def count(state):
    return OutboundMessage.objects.filter(state=state).count()


def test_an_old_copy_sends_nothing_and_forgets_no_stop_request():
    """100 sent and 3 stopped after the copy: nobody of them is written to again."""
    recipients = people(110)
    plan(recipients)
    copy = Copy()
    sent = send(limit=100)
    stopped = [person for person in recipients if person.phone in sent][:3]
    for person in stopped:
        stop(recipient=person.reference, reason="reply", today=TODAY)
    copy.restore()
    assert len(sent) == 100
    assert (count("ready"), Suppression.objects.count()) == (110, 0)

    assert send() == []
    known = restart.situation(now=NOW)
    assert known.finding is Finding.DATABASE_OLDER
    assert (known.unsent, known.begun_since, known.stops_forgotten) == (220, 100, 9)
    assert send() == []

    done = confirm()

    assert done.in_doubt == 97  # the three who said stop are spared, not in doubt
    assert all(is_stopped(person.reference) for person in stopped)
    assert (count("uncertain"), count("ready"), count("suppressed")) == (97, 10, 6)
    again = send()
    assert len(again) == 10
    assert not set(again) & set(sent)
    for hours in (1, 7, 25, 200):  # silence settles nothing here
        overdue.advance_overdue(now=NOW + timedelta(hours=hours))
    assert send(now=LATER) == []
    assert send(channel="email", now=LATER) == []  # no report at all: silence proves nothing
    one_of_them = OutboundMessage.objects.filter(address=again[0], channel="whatsapp")
    one_of_them.update(state="sent", reported_at=NOW)
    overdue.advance_overdue(now=LATER)
    mailed = {address.partition("@")[0] for address in send(channel="email", now=LATER)}
    assert mailed == {f"p{int(address[-3:])}" for address in again}


def test_the_report_of_an_attempt_still_settles_what_is_in_doubt():
    """The doubtful message keeps the attempt id that the carrier was given."""
    plan(people(1))
    copy = Copy()
    ids = outbox.claim(channel="whatsapp", now=NOW, limit=1)
    [sent] = outbox.mark_sending(ids=ids, now=NOW)
    attempt = sent.attempt_id
    copy.restore()
    confirm()

    message = OutboundMessage.objects.get(channel="whatsapp")

    assert (message.state, message.attempt_id, message.error) == ("uncertain", attempt, "restored")
    assert message.attempted_at is not None


def test_a_campaign_planned_again_after_a_restore_is_not_sent_again():
    """The copy is older than the planning, and the invitations have new references."""
    plan(people(3, start=50), kind="reminder")
    send()
    copy = Copy()
    plan(people(10))
    sent = send(limit=8)
    copy.restore()
    confirm()

    plan(people(12))

    again = OutboundMessage.objects.filter(campaign__kind="invitation", channel="whatsapp")
    assert set(again.filter(state="uncertain").values_list("address", flat=True)) == set(sent)
    rest = send()
    assert len(rest) == 4
    assert not set(rest) & set(sent)


def test_two_different_people_confirm_one_and_the_same_situation():
    """The same person twice, a day later, or about something else: it does not count."""
    plan(people(5))
    copy = Copy()
    send(limit=1)
    copy.restore()

    assert restart.confirm(by="satu", nothing_sent=False, now=NOW) is None
    with pytest.raises(SamePersonTwice):
        restart.confirm(by="satu", nothing_sent=False, now=NOW)
    assert restart.situation(now=NOW).first_by == "satu"
    tomorrow = NOW + timedelta(hours=25)
    assert restart.situation(now=tomorrow).first_by == ""
    assert restart.confirm(by="dua", nothing_sent=False, now=tomorrow) is None
    Installation.objects.update(first_about="another situation")
    assert restart.confirm(by="satu", nothing_sent=False, now=tomorrow) is None
    assert send() == []
    assert restart.confirm(by="dua", nothing_sent=False, now=tomorrow) is not None
    with pytest.raises(SendingIsOn):
        restart.confirm(by="satu", nothing_sent=False, now=tomorrow)
    deeds = list(AuditLine.objects.values_list("action", "actor"))
    assert deeds.count(("dispatch.confirm_restart_first", "satu")) == 2
    assert deeds[-1] == ("dispatch.confirm_restart", "dua")


def test_each_restore_is_noticed_anew():
    """A copy from before the first confirmation does not match after it either."""
    plan(people(9))
    first = Copy()
    sent = send(limit=2)
    second = Copy()
    sent += send(limit=2)
    second.restore()
    confirm()
    sent += send(limit=2)
    first.restore()

    assert matching.finding() is Finding.DATABASE_OLDER
    assert send() == []
    confirm()
    assert not set(send()) & set(sent)


def lose_the_folder(settings):
    shutil.rmtree(settings.STATE_DIR)


def restore_an_older_folder(settings, older):
    for name in ("mark.json", "begun.log"):  # in place: the inodes stay
        content = (older / name).read_bytes()
        (Path(settings.STATE_DIR) / name).write_bytes(content)


def copy_the_folder(settings, _older):
    moved = Path(settings.STATE_DIR).with_name("moved")
    shutil.copytree(settings.STATE_DIR, moved)
    settings.STATE_DIR = moved


def move_to_another_machine(settings, _older):
    settings.MACHINE = "another machine"


@pytest.mark.parametrize(
    ("happens", "finding"),
    [
        (lambda settings, _older: lose_the_folder(settings), Finding.MARK_MISSING),
        (
            lambda settings, _older: (Path(settings.STATE_DIR) / "mark.json").write_text("{"),
            Finding.MARK_MISSING,
        ),
        (restore_an_older_folder, Finding.MARK_OLDER),
        (copy_the_folder, Finding.OTHER_PLACE),
        (move_to_another_machine, Finding.OTHER_PLACE),
        (
            lambda settings, _older: Installation.objects.all().delete(),
            Finding.DATABASE_UNMARKED,
        ),
        (
            lambda settings, _older: Installation.objects.update(identifier="f" * 32),
            Finding.OTHER_INSTALLATION,
        ),
    ],
)
@pytest.mark.parametrize("nothing_sent", [True, False])
def test_whatever_half_is_missing_older_or_elsewhere_sending_is_off(
    settings, tmp_path, happens, finding, nothing_sent
):
    """Where sends may be missing in the journal, all is in doubt unless both people know better."""
    plan(people(10))
    send(limit=2)
    older = tmp_path / "older"
    shutil.copytree(settings.STATE_DIR, older)
    sent = send(limit=3)

    happens(settings, older)

    assert matching.finding() is finding
    assert send() == []
    assert count("leased") == 0
    assert restart.situation(now=NOW).asks is not finding.journal_is_whole
    confirm(nothing_sent=nothing_sent)
    assert matching.finding() is None
    again = send()
    assert not set(again) & set(sent)
    known = nothing_sent or finding.journal_is_whole
    assert len(again) == (5 if known else 0)
    assert send(channel="email") == []


def test_both_people_must_know_that_nothing_was_sent(settings):
    """If one of them is not sure, all that is unsent is in doubt."""
    plan(people(4))
    settings.MACHINE = "another machine"
    restart.confirm(by="satu", nothing_sent=True, now=NOW)

    restart.confirm(by="dua", nothing_sent=False, now=NOW)

    assert send() == []
    assert count("uncertain") == 8


@pytest.mark.parametrize("moment", ["before the commit", "after the commit"])
def test_a_crash_while_a_block_is_marked_needs_nobody(monkeypatch, moment):
    """The database stands at one of two numbers; nothing of the block was on the wire."""
    plan(people(6))
    send(limit=2)
    with monkeypatch.context() as patched:
        if moment == "before the commit":
            original = journal.prepare
            patched.setattr(journal, "prepare", lambda *a: (original(*a), crash()))
        else:
            patched.setattr(journal, "finish", lambda _generation: crash())
        with pytest.raises(Crash), transaction.atomic():
            send(limit=2)
        if moment == "after the commit":  # the test's own transaction undid it: do it again
            with pytest.raises(Crash):
                send(limit=2)

    outbox.recover()

    assert matching.finding() is None
    assert len(send()) == (4 if moment == "before the commit" else 2)
    assert count("uncertain") == (0 if moment == "before the commit" else 2)


class Crash(Exception):
    pass


def crash():
    raise Crash


def test_an_installation_begins_by_itself_only_where_nothing_was_planned():
    """A planning that was rolled back leaves a mark of which nothing was sent: it is taken over."""
    assert matching.finding() is None  # a dispatcher may be started before anything is planned
    copy = Copy()
    plan(people(2))
    copy.restore()
    assert matching.finding() is None
    assert journal.read_mark().prepared == 0

    plan(people(2))

    assert matching.finding() is None
    assert len(send()) == 2
    assert Campaign.objects.count() == 1


def test_a_clock_of_a_rehearsal_changes_nothing_of_the_mark(settings, tmp_path):
    """The generation is a count and not a time."""
    plan(people(3))
    clock_file = tmp_path / "clock"
    for days in ("0", "30", "-30"):
        clock_file.write_text(days)
        settings.CLOCK_FILE = str(clock_file)
        assert len(send(limit=1)) == 1
    assert matching.finding() is None
