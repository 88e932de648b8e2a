"""Reads what people write back: a stop is obeyed, everything else is kept for a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from espi.contact.dispatch.inbound.optout import wants_to_stop
from espi.contact.dispatch.models import InboundMessage, OutboundMessage
from espi.contact.dispatch.stopping.identities import recipients_of, remember, stop_known_as
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.transports.whatsapp.report_types import (
    Change,
    Preference,
    RecipientNames,
    Reply,
)
from espi.platform import audit
from espi.platform.audit import Actor
from espi.platform.text import visible

KEPT_FOR = timedelta(days=30)
LONGEST_TEXT = 2000  # characters; WhatsApp takes 4096
LONGEST_KIND = 32  # the width of its column


@transaction.atomic
def handle_replies(change: Change, now: datetime) -> None:
    """Work through what people wrote in one change of a report; done again, nothing changes."""
    _remember_recipients(change.recipients)
    for reply in change.replies:
        _handle_reply(reply, now)
    for preference in change.preferences:
        _handle_preference(preference, now)


def _remember_recipients(named: Sequence[RecipientNames]) -> None:
    """Keep what statuses say of the people to whom messages went."""
    by_message: dict[str, set[str]] = {}
    for recipient in named:
        for message in recipient.messages:
            by_message.setdefault(message, set()).update(recipient.names)
    if not by_message:
        return
    messages = OutboundMessage.objects.filter(
        Q(attempt_id__in=by_message) | Q(carrier_id__in=by_message)
    )
    remember(
        (recipient, by_message.get(attempt, set()) | by_message.get(carrier_id, set()))
        for recipient, attempt, carrier_id in messages.values_list(
            "recipient", "attempt_id", "carrier_id"
        )
    )


def _handle_reply(reply: Reply, now: datetime) -> None:
    answered = _recipient_answered(reply)
    _remember_sender(reply, answered)
    is_stop = any(wants_to_stop(text) for text in reply.texts)
    if not is_stop or not (reply.sender or answered):
        _keep(reply, now)
        return
    today = timezone.localdate(now)
    if answered is not None:
        stop(recipient=answered, reason="reply", today=today)
    stop_known_as(reply.sender, reason="reply", today=today)


def _remember_sender(reply: Reply, answered: UUID | None) -> None:
    """Keep all names of somebody who is known by one of them, or answers a message of ours."""
    names = set(reply.sender | reply.new_names)
    recipients = recipients_of(reply.sender) | ({answered} if answered is not None else set())
    remember((recipient, names) for recipient in recipients)


def _recipient_answered(reply: Reply) -> UUID | None:
    """Return to whom the message went that this one answers, where it says so."""
    if not reply.answers:
        return None
    messages = OutboundMessage.objects.filter(carrier_id=reply.answers)
    return messages.values_list("recipient", flat=True).first()


def _handle_preference(preference: Preference, now: datetime) -> None:
    """Take what a person set at the carrier: stop is a stop, to resume is for a person to see."""
    if preference.value == "stop" and preference.sender:
        stop_known_as(preference.sender, reason="preference", today=timezone.localdate(now))
        return
    texts = (preference.value,)
    _keep(Reply("", "preference", texts, preference.sender, frozenset(), ""), now)


def _keep(reply: Reply, now: datetime) -> None:
    """Keep a reply for a person, and forget those that nobody needs any more."""
    forget_old_replies(now=now)
    text = "\n".join(dict.fromkeys(visible(text) for text in reply.texts))
    facts = {
        "received_at": now,
        "kind": visible(reply.kind)[:LONGEST_KIND],
        "text": text[:LONGEST_TEXT],
        "identities": sorted(reply.sender),
    }
    if reply.carrier_id:
        InboundMessage.objects.get_or_create(carrier_id=reply.carrier_id, defaults=facts)
    else:
        InboundMessage.objects.create(**facts)


@transaction.atomic
def handle_reply(*, reply: InboundMessage, stops: bool, actor: Actor | str, now: datetime) -> bool:
    """Note that somebody has dealt with a reply, and empty it; return whether it waited still.

    Args:
        reply: which one.
        stops: the sender asked to be left alone, and is from now on.
        actor: who read it.
        now: the present.
    """
    waiting = InboundMessage.objects.select_for_update().filter(pk=reply.pk, handled_at=None)
    if (row := waiting.first()) is None:
        return False
    if stops:
        stop_known_as(row.identities, reason="reply", today=timezone.localdate(now))
    name = actor if isinstance(actor, str) else actor.get_username()
    row.text, row.identities = "", []
    row.handled_at, row.handled_by = now, name
    row.save()
    audit.record(actor, "dispatch.handle_reply", reply=row.pk, stops=stops)
    return True


def forget_old_replies(*, now: datetime) -> int:
    """Delete replies that were kept for a month, dealt with or not; return how many."""
    old = InboundMessage.objects.filter(received_at__lt=now - KEPT_FOR)
    count, _kinds = old.delete()
    return count
