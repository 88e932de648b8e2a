"""Whoever says stop is left alone, by whatever name the carrier knows them; the rest is read."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.contact.dispatch.inbound.replies import forget_old_replies
from espi.contact.dispatch.inbound.reports import process_reports
from espi.contact.dispatch.models import (
    CarrierIdentity,
    InboundMessage,
    OutboundMessage,
    Suppression,
)
from espi.contact.dispatch.queries import is_stopped
from espi.contact.dispatch.sending import outbox
from espi.contact.dispatch.stopping.stop_file import spared
from espi.contact.dispatch.transports.whatsapp.response import read_answer
from espi.platform.models import AuditLine
from tests.contact.dispatch.test_restored_database import people, plan
from tests.contact.field import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def report(client, settings):
    """Post one signed change, as the carrier does, and let the dispatcher read it."""

    def post(**value):
        body = json.dumps({"entry": [{"changes": [{"value": value}]}]}).encode()
        signed = hmac.new(settings.WHATSAPP_APP_SECRET.encode(), body, hashlib.sha256).hexdigest()
        answer = client.post(
            "/webhooks/whatsapp", body, content_type="application/json",
            headers={"X-Hub-Signature-256": f"sha256={signed}"},
        )  # fmt: skip
        assert answer.status_code == 200
        process_reports(now=NOW)

    return post


@pytest.fixture
def sent():
    """Three messages that the carrier has accepted, of which one names the person by user id."""
    plan(people(3))
    ids = outbox.claim(channel="whatsapp", now=NOW, limit=3)
    messages = outbox.mark_sending(ids=ids, now=NOW)
    outcomes = {}
    for number, message in enumerate(messages):
        contact = {"input": message.address, "user_id": f"ID.{number}"}
        if number != 1:
            contact["wa_id"] = message.address[1:]
        told = {"contacts": [contact], "messages": [{"id": f"wamid.{number}"}]}
        outcomes[message.pk] = read_answer(200, told)
    outbox.settle(outcomes=outcomes, now=NOW)
    return messages


def text(body="BERHENTI", **more):
    return {"id": f"wamid.in.{body}", "type": "text", "text": {"body": body}} | more


def assert_only_stopped(sent, message):
    assert [is_stopped(one.recipient) for one in sent] == [one == message for one in sent]
    assert message.recipient in spared()[0]
    mail = OutboundMessage.objects.get(channel="email", recipient=message.recipient)
    assert mail.state == "suppressed"
    assert not InboundMessage.objects.exists()


def test_stop_by_the_number_as_sent(sent, report):
    """The plainest way."""
    report(messages=[text(**{"from": sent[0].address[1:]})])

    assert_only_stopped(sent, sent[0])


def test_stop_by_the_user_id_of_the_send_reply(sent, report):
    """A person with a user name writes without a number."""
    report(
        contacts=[{"profile": {"username": "orang"}, "user_id": "ID.1"}],
        messages=[text(from_user_id="ID.1")],
    )

    assert_only_stopped(sent, sent[1])


def test_stop_by_the_user_id_of_an_earlier_status(sent, report):
    """The send reply knew another id; the status names the one that the person writes with."""
    report(statuses=[{
        "id": "wamid.2", "status": "delivered", "timestamp": "1783300000",
        "recipient_user_id": "ID.new", "biz_opaque_callback_data": sent[2].attempt_id,
    }])  # fmt: skip
    report(messages=[text(from_user_id="ID.new")])

    assert_only_stopped(sent, sent[2])


def test_stop_by_a_number_that_the_carrier_writes_otherwise(sent, report):
    """``wa_id`` differs from the number as sent; the contact beside the message joins the two."""
    report(
        statuses=[{"id": "wamid.0", "status": "sent", "recipient_id": "6289911112222"}],
        contacts=[{"wa_id": "6289911112222", "user_id": "ID.of.contact"}],
    )
    report(
        contacts=[{"user_id": "ID.of.contact", "wa_id": ""}],
        messages=[text(from_user_id="ID.of.contact")],
    )

    assert_only_stopped(sent, sent[0])


def test_stop_by_the_message_that_is_answered(sent, report):
    """Nothing else is known of the person, and from then on what they write with is."""
    report(messages=[text(context={"id": "wamid.1"}, from_user_id="ID.other")])

    assert_only_stopped(sent, sent[1])
    assert CarrierIdentity.objects.filter(value="ID.other", recipient=sent[1].recipient).exists()


def test_a_new_number_is_the_same_person(sent, report):
    """The carrier says so in a message of its own; the stop comes from the new number."""
    system = {"type": "user_changed_number", "wa_id": "6289900009999"}
    report(messages=[{"id": "s", "type": "system", "from": sent[0].address[1:], "system": system}])
    InboundMessage.objects.all().delete()
    report(messages=[text(**{"from": "6289900009999"})])

    assert_only_stopped(sent, sent[0])


def test_stop_under_a_name_that_belongs_to_nobody_yet(sent, report):
    """A later status says whose it is: then it holds, also for later waves by the address."""
    report(messages=[text(from_user_id="ID.later")])
    assert not any(is_stopped(one.recipient) for one in sent)

    report(statuses=[{"id": "wamid.2", "status": "read", "recipient_user_id": "ID.later"}])

    assert_only_stopped(sent, sent[2])


@pytest.mark.parametrize(
    "message",
    [
        {"type": "button", "button": {"payload": "x-17", "text": "Berhenti"}},
        {"type": "button", "button": {"payload": "STOP", "text": "Tidak, terima kasih"}},
        {"type": "interactive", "interactive": {
            "type": "button_reply", "button_reply": {"id": "a", "title": "Berhenti 🛑"}}},
        {"type": "interactive", "interactive": {
            "type": "list_reply", "list_reply": {"id": "stop", "title": "Pilihan 2"}}},
        {"type": "image", "image": {"id": "1", "caption": "tolong berhenti"}},
        {"type": "document", "document": {"id": "1", "caption": "STOP"}},
        {"type": "text", "text": {"body": "Selamat pagi\nBERHENTI"}},
    ],
)  # fmt: skip
def test_stop_by_button_list_caption_or_second_line(sent, report, message):
    """Wherever a person can say it."""
    report(messages=[message | {"id": "in", "from": sent[0].address[1:]}])

    assert_only_stopped(sent, sent[0])


def test_a_preference_set_at_the_carrier_stops(sent, report):
    """By user id, too; that somebody resumes is for a person to see."""
    report(
        user_preferences=[{"user_id": "ID.1", "category": "marketing_messages", "value": "stop"}]
    )
    assert_only_stopped(sent, sent[1])

    report(user_preferences=[{"user_id": "ID.0", "value": "resume"}])
    assert InboundMessage.objects.get().kind == "preference"


@pytest.mark.parametrize(
    ("message", "kept"),
    [
        (
            text("jangan berhenti dulu, saya sedang mengisi"),
            "jangan berhenti dulu, saya sedang mengisi",
        ),
        ({"type": "audio", "audio": {"id": "1"}}, ""),
        ({"type": "reaction", "reaction": {"emoji": "👎"}}, "👎"),
        (text("apa\x00 ini\ud800?"), "apa  ini?"),
        ({"type": ["odd"], "text": "not an object", "interactive": 3, "context": [1]}, ""),
    ],
)
def test_everything_else_is_kept_for_a_person(sent, report, message, kept):
    """Once, however often the report comes; nobody is stopped."""
    for _twice in range(2):
        report(messages=[message | {"id": "in", "from": sent[0].address[1:]}])

    reply = InboundMessage.objects.get()
    assert reply.text == kept
    assert not Suppression.objects.exists()


def test_a_stop_of_somebody_unknown_is_kept_for_a_person(report):
    """It cannot be obeyed, so it must not be lost."""
    report(messages=[text()])

    assert InboundMessage.objects.get().text == "BERHENTI"


def test_staff_reads_replies_without_names_and_decides(sent, report, client):
    """No number on the page; a decision empties the reply; a second one changes nothing."""
    number = sent[0].address
    report(messages=[text("saya tidak mau diganggu <b>", **{"from": number[1:]})])
    reply = InboundMessage.objects.get()
    client.force_login(
        add_staff(username="pelaksana", password="a long password", role=Role.CONTRACTOR)
    )

    page = client.get("/balasan").content.decode()
    assert "saya tidak mau diganggu &lt;b&gt;" in page
    assert number[1:] not in page

    done = client.post("/balasan", {"reply": reply.pk, "decision": "stop"}, follow=True)
    assert "tidak akan dihubungi lagi" in done.content.decode()
    again = client.post("/balasan", {"reply": reply.pk, "decision": "done"}, follow=True)
    assert "sudah ditangani" in again.content.decode()
    assert client.post("/balasan", {"reply": "x"}).status_code == 404
    reply.refresh_from_db()
    assert (reply.text, reply.identities, reply.handled_by) == ("", [], "pelaksana")
    assert is_stopped(sent[0].recipient)
    line = AuditLine.objects.get(action="dispatch.handle_reply")
    assert "diganggu" not in str(line.facts)
    client.force_login(add_staff(
        username="l", password="a long password", role=Role.LIAISON, agency_code="x"
    ))  # fmt: skip
    assert client.get("/balasan").status_code == 403


def test_replies_are_kept_for_a_month(sent, report):
    """Then they are deleted, read or not."""
    report(messages=[text("siapa ini?", **{"from": "6289900001111"})])

    assert forget_old_replies(now=NOW + timedelta(days=30)) == 0
    assert forget_old_replies(now=NOW + timedelta(days=31)) == 1
    assert timezone.is_aware(NOW)
