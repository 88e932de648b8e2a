"""Each message goes out once, whatever dies in between."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from datetime import timedelta

import pytest
from aiosmtpd.controller import Controller

from espi.contact.dispatch.inbound.reports import process_reports
from espi.contact.dispatch.models import Campaign, OutboundMessage, Suppression, WebhookDelivery
from espi.contact.dispatch.sending import outbox, overdue
from espi.contact.dispatch.sending.outgoing import outgoing_message
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.stopping.tokens import unsubscribe_token
from espi.contact.dispatch.transports.email.transport import Email
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.whatsapp.errors import of_error
from espi.contact.dispatch.transports.whatsapp.request import send_request
from espi.contact.dispatch.transports.whatsapp.response import read_answer
from espi.contact.fieldwork.actions import plan_campaign
from espi.wording.messages import PARAMETERS
from tests.contact.field import NOW, wave_in_field

pytestmark = pytest.mark.django_db


@pytest.fixture
def wave():
    wave = wave_in_field()
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    return wave


def states(channel="whatsapp"):
    found = OutboundMessage.objects.filter(channel=channel)
    return sorted(set(found.values_list("state", flat=True)))


def take(limit=100):
    ids = outbox.claim(channel="whatsapp", now=NOW, limit=limit)
    return outbox.mark_sending(ids=ids, now=NOW)


def accepted(messages):
    return {m.pk: Outcome(Fate.ACCEPTED, carrier_id=f"wamid.{m.pk}") for m in messages}


def report(client, settings, updates=(), messages=(), secret=None):
    value = {"statuses": list(updates), "messages": list(messages)}
    body = json.dumps({"entry": [{"changes": [{"value": value, "field": "messages"}]}]}).encode()
    key = (secret or settings.WHATSAPP_APP_SECRET).encode()
    signed = "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()
    return client.post(
        "/webhooks/whatsapp", body, content_type="application/json",
        headers={"X-Hub-Signature-256": signed},
    )  # fmt: skip


def test_planning_twice_changes_nothing(wave):
    """The second press finds the campaign of the first."""
    _campaign, created = plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)

    assert not created
    assert OutboundMessage.objects.count() == 24
    assert states("email") == ["planned"]


def test_a_message_is_claimed_once():
    """What is leased is not leased again; a campaign that pauses gives nothing."""
    wave = wave_in_field()
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)

    assert len(outbox.claim(channel="whatsapp", now=NOW, limit=7)) == 7
    Campaign.objects.update(state="paused")
    assert outbox.claim(channel="whatsapp", now=NOW, limit=7) == []
    Campaign.objects.update(state="running")
    assert len(outbox.claim(channel="whatsapp", now=NOW, limit=7)) == 5


def test_whoever_says_stop_between_claim_and_wire_is_spared(wave):
    """The claim and the mark both look at the suppressions."""
    ids = outbox.claim(channel="whatsapp", now=NOW, limit=100)
    chosen = OutboundMessage.objects.get(pk=ids[0])
    stop(recipient=chosen.recipient, reason="reply", today=NOW.date())

    sent = outbox.mark_sending(ids=ids, now=NOW)

    assert len(sent) == 11
    chosen.refresh_from_db()
    assert chosen.state == "suppressed"


def test_a_crash_before_the_wire_sends_later_and_after_it_waits_for_a_report(
    wave, client, settings
):
    """Leased rows go back; sending rows are in doubt until the carrier tells of the attempt."""
    sending = take(5)
    outbox.claim(channel="whatsapp", now=NOW, limit=100)

    assert outbox.recover() == {"ready": 7, "uncertain": 5}

    known = sending[0]
    update = {"id": "wamid.X", "status": "sent", "timestamp": "1783300000",
              "biz_opaque_callback_data": known.attempt_id}  # fmt: skip
    assert report(client, settings, [update]).status_code == 200
    process_reports(now=NOW)
    known.refresh_from_db()
    assert (known.state, known.carrier_id) == ("sent", "wamid.X")
    later = NOW + timedelta(hours=7)
    overdue.advance_overdue(now=later)
    assert OutboundMessage.objects.filter(resent=True, state="ready").count() == 4


def test_a_doubt_is_resolved_by_sending_again_once_only(wave, client, settings):
    """While others are reported of; after the second doubt the next channel takes over."""
    for hours in (0, 13):
        now = NOW + timedelta(hours=hours)
        ids = outbox.claim(channel="whatsapp", now=now, limit=8)
        sent = outbox.mark_sending(ids=ids, now=now)
        message, other = min(sent, key=lambda m: -m.resent), sent[-1]
        told = accepted(sent) | {message.pk: Outcome(Fate.UNCERTAIN, error="no answer")}
        outbox.settle(outcomes=told, now=now)
        report(client, settings, [{"id": f"wamid.{other.pk}", "status": "sent"}])
        process_reports(now=now)
        overdue.advance_overdue(now=now + timedelta(hours=5))
        message.refresh_from_db()
        assert message.state == "uncertain"
        overdue.advance_overdue(now=now + timedelta(hours=6, minutes=1))

    assert (message.state, message.error) == ("uncertain", "no answer")
    message.refresh_from_db()
    assert (message.state, message.error) == ("failed", "uncertain")
    assert states("email") == ["planned", "ready"]


def test_reports_move_by_rank_and_failure_wakes_the_mail(wave, client, settings):
    """Out of order, twice, without delivered: the state is the highest; failed goes to e-mail."""
    sent = take()
    outbox.settle(outcomes=accepted(sent), now=NOW)
    one, two = sent[0], sent[1]
    updates = [
        {"id": f"wamid.{one.pk}", "status": "read", "timestamp": "1783300000"},
        {"id": f"wamid.{one.pk}", "status": "sent", "timestamp": "1783300000"},
        {"id": f"wamid.{two.pk}", "status": "failed", "errors": [{"code": 131026}]},
    ]
    report(client, settings, updates)
    report(client, settings, updates)
    process_reports(now=NOW)

    one.refresh_from_db(), two.refresh_from_db()
    assert (one.state, two.state, two.error) == ("read", "failed", "131026")
    woken = OutboundMessage.objects.get(channel="email", recipient=two.recipient)
    assert woken.state == "ready"
    assert sorted(one.statuses.values_list("status", flat=True)) == ["accepted", "read", "sent"]
    assert not WebhookDelivery.objects.filter(processed=False).exists()


@pytest.mark.parametrize("by", ["context", "number"])
def test_berhenti_stops_everything(wave, client, settings, by):
    """By the message answered or by the number, in any case of letters."""
    sent = take(1)
    outbox.settle(outcomes=accepted(sent), now=NOW)
    message = sent[0]
    told = {"type": "text", "text": {"body": "berhenti."}}
    if by == "context":
        told["context"] = {"id": f"wamid.{message.pk}"}
    else:
        told["from"] = message.address[1:]
    report(client, settings, messages=[told])
    process_reports(now=NOW)

    assert Suppression.objects.filter(recipient=message.recipient).exists()
    mail = OutboundMessage.objects.get(channel="email", recipient=message.recipient)
    assert mail.state == "suppressed"


def test_a_forged_report_is_refused(wave, client, settings):
    """A wrong signature keeps nothing."""
    assert report(client, settings, secret="wrong").status_code == 403
    assert WebhookDelivery.objects.count() == 0


def test_the_handshake_needs_the_token(client, settings):
    """The challenge comes back only to who knows the token."""
    asked = {"hub.mode": "subscribe", "hub.challenge": "17", "hub.verify_token": "no"}
    assert client.get("/webhooks/whatsapp", asked).status_code == 403
    asked["hub.verify_token"] = settings.WHATSAPP_VERIFY_TOKEN
    assert client.get("/webhooks/whatsapp", asked).content == b"17"


def test_a_scanner_that_opens_the_address_stops_nobody(wave, client):
    """GET shows a page in either language; POST stops, without a cookie."""
    message = OutboundMessage.objects.first()
    url = f"/u/{unsubscribe_token(message.recipient)}"

    assert client.get(url).status_code == client.get(url + "?lang=en").status_code == 200
    assert not Suppression.objects.exists()
    assert client.post(url, {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert Suppression.objects.filter(recipient=message.recipient).exists()
    assert client.post("/u/nonsense").status_code == 404


def test_a_bad_template_pauses_the_campaign_and_loses_nothing(wave):
    """The first such error stops the campaign; its message stays ready."""
    [message] = take(1)
    outbox.settle(outcomes={message.pk: of_error(132001)}, now=NOW)

    assert Campaign.objects.get().state == "paused"
    message.refresh_from_db()
    assert message.state == "ready"


@pytest.mark.parametrize(
    ("status", "told", "fate"),
    [
        (200, {"messages": [{"id": "w", "message_status": "accepted"}]}, Fate.ACCEPTED),
        (200, {"messages": [{"id": "w", "message_status": "paused"}]}, Fate.HELD_BY_CARRIER),
        (200, {}, Fate.UNCERTAIN),
        (500, {}, Fate.UNCERTAIN),
        (500, {"error": {"code": 131000}}, Fate.AGAIN),
        (400, {"error": {"code": 131026}}, Fate.FINAL),
        (401, {"error": {"code": 190}}, Fate.ALL_STOPS),
        (400, {"error": {"code": 131050}}, Fate.STOPPED),
    ],
)
def test_an_answer_is_read_by_its_code(status, told, fate):
    """The HTTP status decides nothing where a code is given."""
    assert read_answer(status, told).fate is fate


def test_the_code_is_in_the_request_and_in_no_trace(wave):
    """The row has no code; the button's suffix is the code; repr hides it."""
    [message] = take(1)
    outgoing = outgoing_message(message)
    body = send_request(outgoing, PARAMETERS)

    assert body["template"]["components"][1]["parameters"][0]["text"] == outgoing.code
    assert outgoing.code not in repr(outgoing)
    assert outgoing.code not in json.dumps(message.variables)


class Sink:
    def __init__(self):
        self.mails = []

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 aiosmtpd's name
        self.mails.append(envelope.content.decode())
        return "550 no" if b"p0@" in envelope.content else "250 OK"


def test_mail_goes_over_smtp_with_one_click(wave, settings):
    """Both languages, both unsubscribe headers, an own Message-ID; 5xx is final."""
    sink = Sink()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        settings.SMTP_PORT = probe.getsockname()[1]
    controller = Controller(sink, hostname="127.0.0.1", port=settings.SMTP_PORT)
    controller.start()
    OutboundMessage.objects.filter(channel="email").update(state="ready")
    ids = outbox.claim(channel="email", now=NOW, limit=100)
    messages = outbox.mark_sending(ids=ids, now=NOW)
    try:
        outcomes = asyncio.run(Email().send([outgoing_message(m) for m in messages]))
    finally:
        controller.stop()

    fates = sorted(outcome.fate.value for outcome in outcomes.values())
    assert fates == ["accepted"] * 11 + ["final"]
    assert all("List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail for mail in sink.mails)
    assert len({line for m in sink.mails for line in m.splitlines() if "Message-ID" in line}) == 12
