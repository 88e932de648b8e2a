"""What the closing leaves of messages outside their tables: no time, and no second message."""

from __future__ import annotations

import pytest

from espi.contact.dispatch import state_folder
from espi.contact.dispatch.actions import cancel_wave, plan_messages
from espi.contact.dispatch.forgetting import forget_course
from espi.contact.dispatch.installation import journal, matching
from espi.contact.dispatch.models import DeliveryStatus, OutboundMessage, WebhookDelivery
from tests.contact.dispatch.outgoing import report, status
from tests.contact.dispatch.test_restored_database import Copy, confirm, count, people, plan, send
from tests.contact.field import NOW

pytestmark = pytest.mark.django_db


def test_the_journal_of_a_closed_wave_names_nobody_and_tells_no_time():
    """Its lines are blanked in place: the mark still fits, and other waves keep theirs."""
    plan(people(4))
    send(limit=3)
    begun = state_folder.read(journal.BEGUN)
    plan_messages(
        wave_code="lain", kind="invitation", recipients=people(2, start=9), now=NOW, actor="test"
    )
    send()
    generation = journal.newest_generation()

    cancel_wave(wave_code="uji")
    forget_course(wave_code="uji")

    content = state_folder.read(journal.BEGUN)
    for line in begun.splitlines()[1:]:
        _generation, _seconds, attempt, key = line.split()
        assert attempt not in content
        assert key not in content
    assert content.count(b"- -") == 2 * 4  # all four were begun by the second block
    assert len(list(journal.begun_between(0))) == 2
    assert journal.newest_generation() == generation
    assert journal.closed_waves() == {"uji"}
    assert matching.finding() is None


def test_a_copy_from_before_the_closing_sends_nothing_of_the_closed_wave():
    """What was sent is no longer known, so all of the wave is in doubt."""
    plan(people(4))
    copy = Copy()
    send(limit=2)
    cancel_wave(wave_code="uji")
    forget_course(wave_code="uji")
    copy.restore()

    done = confirm()
    plan(people(4, start=50), kind="reminder")

    assert done.in_doubt == 8
    assert count("uncertain") == 16
    assert send() == []


def test_a_report_after_the_closing_brings_no_time_back(client, settings):
    """It is about a message whose course was forgotten; what was set aside is forgotten, too."""
    plan(people(2))
    send(limit=2)
    [message, _other] = OutboundMessage.objects.filter(channel="whatsapp")
    WebhookDelivery.objects.create(
        body=b"who read what", received_at=NOW, processed=True, faulty=True, reason="odd"
    )
    cancel_wave(wave_code="uji")
    forget_course(wave_code="uji")

    report(client, settings, [status(message, "read")])

    message.refresh_from_db()
    assert (message.state, message.reported_at) == ("accepted", None)
    assert not DeliveryStatus.objects.exists()
    kept = WebhookDelivery.objects.exclude(reason="").get()
    assert (bytes(kept.body), kept.reason) == (b"", "odd")
