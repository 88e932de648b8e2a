"""A campaign on its way, driven through simulated time: what the tests of this folder share."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections import Counter

from espi.contact.dispatch.inbound.reports import process_reports
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending import outbox, overdue
from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.fieldwork.actions import plan_campaign
from tests.contact.field import NOW, wave_in_field


def planned(people=12):
    """Return a wave whose invitation is in the outbox."""
    wave = wave_in_field(people=people)
    plan_campaign(wave=wave, kind="invitation", actor="test", now=NOW)
    return wave


def states(channel="whatsapp"):
    """Count the messages of a channel by state."""
    found = OutboundMessage.objects.filter(channel=channel)
    return dict(Counter(found.values_list("state", flat=True)))


def taken(message):
    """Return the outcome of a try that the carrier accepted."""
    return Outcome(Fate.ACCEPTED, carrier_id=f"wamid.{message.attempt_id}")


def send_once(carrier, now, channel="whatsapp", limit=60):
    """Send one block through ``carrier`` (message → outcome); return what was handed to it."""
    ids = outbox.claim(channel=channel, now=now, limit=limit)
    attempts = outbox.new_attempts(ids)
    messages = outbox.mark_sending(ids=ids, now=now, attempts=attempts)
    outcomes = {message.pk: carrier(message) for message in messages}
    outbox.settle(outcomes=outcomes, now=now, attempts=attempts)
    return messages


def run(carrier, start, duration, channel="whatsapp", steps=12):
    """Let the dispatcher's work be done ``steps`` times in so long; count tries by recipient."""
    tries = Counter()
    for step in range(steps + 1):
        now = start + duration * step / steps
        while handed := send_once(lambda m, now=now: carrier(m, now), now, channel):
            tries.update(message.recipient for message in handed)
        overdue.advance_overdue(now=now)
    return tries


def status(message, name, **more):
    """Return an element of ``statuses`` about a message's present attempt."""
    told = {"id": f"wamid.{message.attempt_id}", "status": name, "timestamp": "1783300000"}
    return told | {"biz_opaque_callback_data": message.attempt_id} | more


def post(client, settings, body, secret=None):
    """Post a signed report, as bytes or as what shall become JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    key = (secret or settings.WHATSAPP_APP_SECRET).encode()
    signed = "sha256=" + hmac.new(key, raw, hashlib.sha256).hexdigest()
    return client.post(
        "/webhooks/whatsapp", raw, content_type="application/json",
        headers={"X-Hub-Signature-256": signed},
    )  # fmt: skip


def report_body(statuses, sender=None, **more):
    """Return the body of a report with these statuses."""
    value = {"statuses": statuses, **more}
    if sender is not None:
        value["metadata"] = {"phone_number_id": sender}
    return {"entry": [{"changes": [{"value": value, "field": "messages"}]}]}


def report(client, settings, statuses, now=NOW, **more):
    """Let the carrier report, and the dispatcher read it."""
    assert post(client, settings, report_body(statuses, **more)).status_code == 200
    while process_reports(now=now):
        pass
