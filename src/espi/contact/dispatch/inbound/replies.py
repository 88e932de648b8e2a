"""Reads what people write back: a stop is obeyed, everything else is kept for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from espi.contact.dispatch.inbound.optout import wants_to_stop
from espi.contact.dispatch.models import InboundMessage, OutboundMessage
from espi.contact.dispatch.stopping.identities import recipients_of, remember, stop_known_as
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.transports.whatsapp.names import named_in, together
from espi.platform import audit
from espi.platform.audit import Actor
from espi.platform.text import visible

KEPT_FOR = timedelta(days=30)
LONGEST_TEXT = 2000  # characters; WhatsApp takes 4096
LONGEST_ID = 255
Part = Mapping[str, Any]
# Where people's words stand, by type of message: the field, then the names within it.
_SPOKEN = {
    "text": ("body",),
    "button": ("payload", "text"),
    "image": ("caption",),
    "video": ("caption",),
    "document": ("caption",),
    "reaction": ("emoji",),
    "button_reply": ("id", "title"),
    "list_reply": ("id", "title", "description"),
}


@transaction.atomic
def take_replies(change: Part, now: datetime) -> None:
    """Work through one change of a report; done again, nothing changes.

    Args:
        change: its value, as the carrier sent it; parts of another shape are passed over.
        now: the present.
    """
    contacts = list(_parts(change, "contacts"))
    _remember_statuses(change, contacts)
    for message in _parts(change, "messages"):
        _take_message(message, contacts, now)
    for preference in _parts(change, "user_preferences"):
        _take_preference(preference, now)


def _remember_statuses(change: Part, contacts: list[Part]) -> None:
    """Keep what statuses say of the people to whom messages went."""
    by_name: dict[str, set[str]] = {}
    for status in _parts(change, "statuses"):
        named = together(contacts, named_in(status))
        for name in (status.get("biz_opaque_callback_data"), status.get("id")):
            if named and _is_id(name):
                by_name.setdefault(str(name), set()).update(named)
    if not by_name:
        return
    found = OutboundMessage.objects.filter(Q(attempt_id__in=by_name) | Q(carrier_id__in=by_name))
    remember(
        (recipient, by_name.get(attempt, set()) | by_name.get(carrier, set()))
        for recipient, attempt, carrier in found.values_list(
            "recipient", "attempt_id", "carrier_id"
        )
    )


def _take_message(message: Part, contacts: list[Part], now: datetime) -> None:
    sender = together(contacts, named_in(message))
    if not sender and len(contacts) == 1:
        sender = named_in(contacts[0])
    answered = _answered(message)
    _remember_sender(message, sender, answered)
    spoken = list(_spoken(message))
    if not any(wants_to_stop(words) for words in spoken) or not (sender or answered):
        _keep(message, spoken, sender, now)
        return
    today = timezone.localdate(now)
    if answered is not None:
        stop(recipient=answered, reason="reply", today=today)
    stop_known_as(sender, reason="reply", today=today)


def _remember_sender(message: Part, sender: set[str], answered: UUID | None) -> None:
    """Keep all names of somebody who is known by one of them, or answers a message of ours."""
    system = message.get("system")  # "this person has a new number"
    names = sender | (named_in(system) if isinstance(system, Mapping) else set())
    recipients = recipients_of(sender) | ({answered} if answered is not None else set())
    remember((recipient, names) for recipient in recipients)


def _answered(message: Part) -> UUID | None:
    """Return to whom the message went that this one answers, where it says so."""
    context = message.get("context")
    name = context.get("id") if isinstance(context, Mapping) else None
    if not _is_id(name):
        return None
    found = OutboundMessage.objects.filter(carrier_id=name)
    return found.values_list("recipient", flat=True).first()


def _spoken(message: Part) -> Iterator[str]:
    """Return what a message says: typed, pressed, chosen from a list, or under a picture."""
    chosen = message.get("interactive")
    holders: list[Part] = [message, chosen] if isinstance(chosen, Mapping) else [message]
    for holder in holders:
        for kind, names in _SPOKEN.items():
            part = holder.get(kind)
            if not isinstance(part, Mapping):
                continue
            said = (part.get(name) for name in names)
            yield from (words for words in said if isinstance(words, str) and words)


def _take_preference(preference: Part, now: datetime) -> None:
    """Take what a person set at the carrier: stop is a stop, to resume is for a person to see."""
    sender = named_in(preference)
    if preference.get("value") == "stop" and sender:
        stop_known_as(sender, reason="preference", today=timezone.localdate(now))
    elif preference.get("value") is not None:
        _keep({"type": "preference"}, [str(preference["value"])], sender, now)


def _keep(message: Part, spoken: list[str], sender: set[str], now: datetime) -> None:
    """Keep a reply for a person, and forget those that nobody needs any more."""
    forget_old_replies(now=now)
    text = "\n".join(dict.fromkeys(visible(words) for words in spoken))
    facts = {
        "received_at": now,
        "kind": visible(str(message.get("type") or "unknown"))[:32],
        "text": text[:LONGEST_TEXT],
        "identities": sorted(sender),
    }
    name = message.get("id")
    if _is_id(name):
        InboundMessage.objects.get_or_create(carrier_id=name, defaults=facts)
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
    if (found := waiting.first()) is None:
        return False
    if stops:
        stop_known_as(found.identities, reason="reply", today=timezone.localdate(now))
    name = actor if isinstance(actor, str) else actor.get_username()
    found.text, found.identities = "", []
    found.handled_at, found.handled_by = now, name
    found.save()
    audit.record(actor, "dispatch.handle_reply", reply=found.pk, stops=stops)
    return True


def forget_old_replies(*, now: datetime) -> int:
    """Delete replies that were kept for a month, dealt with or not; return how many."""
    old = InboundMessage.objects.filter(received_at__lt=now - KEPT_FOR)
    count, _kinds = old.delete()
    return count


def _parts(holder: Part, name: str) -> Iterator[Part]:
    found = holder.get(name)
    for part in found if isinstance(found, list) else []:
        if isinstance(part, Mapping):
            yield part


def _is_id(name: Any) -> bool:
    return isinstance(name, str) and 0 < len(name) <= LONGEST_ID and name.isprintable()
