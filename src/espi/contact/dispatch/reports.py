"""Reads what the carrier reports: statuses by rank, people who say stop."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from espi.contact.dispatch.actions import stop, stop_address
from espi.contact.dispatch.models import DeliveryStatus, OutboundMessage, WebhookDelivery
from espi.contact.dispatch.outbox import apply_outcome, follow_up, write_back
from espi.contact.dispatch.outcomes import Fate, Outcome, of_error

State = OutboundMessage.State
RANK = {State.ACCEPTED: 1, State.SENT: 2, State.DELIVERED: 3, State.READ: 4}
STOP_WORDS = {"BERHENTI", "STOP", "UNSUBSCRIBE"}
Update = dict[str, Any]


def process_reports(*, now: datetime, limit: int = 10) -> int:
    """Work through reports that wait, each in its own transaction; return how many there were."""
    waiting = WebhookDelivery.objects.filter(processed=False).order_by("id")
    keys = list(waiting.values_list("pk", flat=True)[:limit])
    for key in keys:
        process_report(key=key, now=now)
    return len(keys)


@transaction.atomic
def process_report(*, key: int, now: datetime) -> None:
    """Work through one report and forget its text; done again, nothing changes."""
    report = WebhookDelivery.objects.select_for_update().get(pk=key)
    if report.processed:
        return
    try:
        changes = list(_changes(json.loads(bytes(report.body))))
    except (ValueError, TypeError, AttributeError):
        report.faulty, changes = True, []
    statuses = [u for change in changes for u in _list(change, "statuses")]
    _take_statuses(statuses, now)
    for change in changes:
        _take_words(change, now)
    report.processed, report.body = True, b""
    report.save(update_fields=["processed", "faulty", "body"])


def _changes(content: Any) -> Iterator[dict[str, Any]]:
    for entry in _list(content, "entry"):
        for change in _list(entry, "changes"):
            if isinstance(value := change.get("value"), dict):
                yield value


def _list(holder: Any, name: str) -> list[Update]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return [item for item in found if isinstance(item, dict)] if isinstance(found, list) else []


def _take_statuses(updates: list[Update], now: datetime) -> None:
    wamids = {str(u["id"]) for u in updates if u.get("id")}
    attempts = {str(u["biz_opaque_callback_data"]) for u in updates if _attempt(u)}
    found = OutboundMessage.objects.select_for_update(of=("self",)).select_related("campaign")
    messages = list(found.filter(Q(carrier_id__in=wamids) | Q(attempt_id__in=attempts)))
    by_wamid = {message.carrier_id: message for message in messages if message.carrier_id}
    by_attempt = {message.attempt_id: message for message in messages}
    outcomes: dict[int, Outcome] = {}
    statuses = []
    for update in updates:
        message = by_attempt.get(_attempt(update)) or by_wamid.get(str(update.get("id")))
        status = str(update.get("status"))
        if message is None or (status not in RANK and status != State.FAILED):
            continue
        message.carrier_id = message.carrier_id or str(update.get("id") or "")
        statuses.append(DeliveryStatus(message=message, status=status, at=_instant(update, now)))
        outcome = _move(message, status, update, now)
        if outcome is not None:
            outcomes[message.pk] = outcome
    write_back(messages)
    DeliveryStatus.objects.bulk_create(statuses, ignore_conflicts=True, batch_size=500)
    follow_up([message for message in messages if message.pk in outcomes], outcomes, now)


def _attempt(update: Update) -> str:
    return str(update.get("biz_opaque_callback_data") or "")


def _instant(update: Update, now: datetime) -> datetime:
    try:
        return datetime.fromtimestamp(int(update["timestamp"]), UTC)
    except (KeyError, TypeError, ValueError, OverflowError, OSError):
        return now


def _move(message: OutboundMessage, status: str, update: Update, now: datetime) -> Outcome | None:
    if status != State.FAILED:
        higher = RANK[State(status)] > RANK.get(State(message.state), 0)
        if message.state == State.FAILED:
            higher = status in {State.DELIVERED, State.READ}
        if higher:
            message.state = status
        return None
    if message.state in {State.DELIVERED, State.READ, State.FAILED}:
        return None
    outcome = _why(update)
    if outcome.fate is Fate.AGAIN:  # it was accepted once: leave it to the next channel
        outcome = Outcome(Fate.FINAL, error=outcome.error)
    apply_outcome(message, outcome, now)
    return outcome


def _why(update: Update) -> Outcome:
    try:
        return of_error(int(update["errors"][0]["code"]))
    except (KeyError, IndexError, TypeError, ValueError):
        return Outcome(Fate.FINAL, error="unknown")


def _take_words(change: dict[str, Any], now: datetime) -> None:
    today = timezone.localdate(now)
    for message in _list(change, "messages"):
        if _said(message).strip(" .!\"'").upper() in STOP_WORDS:
            _stop_sender(message, "reply", now)
    for preference in _list(change, "user_preferences"):
        if preference.get("value") == "stop" and preference.get("wa_id"):
            stop_address(address=f"+{preference['wa_id']}", reason="preference", today=today)


def _said(message: Update) -> str:
    if message.get("type") == "button" and isinstance(message.get("button"), dict):
        return str(message["button"].get("payload") or message["button"].get("text") or "")
    text = message.get("text")
    return str(text.get("body") or "") if isinstance(text, dict) else ""


def _stop_sender(message: Update, reason: str, now: datetime) -> None:
    """Stop whoever wrote: by the message answered where it is named, else by the number."""
    today = timezone.localdate(now)
    context = message.get("context")
    answered = str(context.get("id") or "") if isinstance(context, dict) else ""
    known = OutboundMessage.objects.filter(carrier_id=answered).first() if answered else None
    if known is not None:
        stop(recipient=known.recipient, reason=reason, today=today)
    elif message.get("from"):
        stop_address(address=f"+{message['from']}", reason=reason, today=today)
