"""Reads of the outbox."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from espi.contact.dispatch.models import (
    Campaign,
    OutboundMessage,
    Suppression,
    WebhookDelivery,
)

State = OutboundMessage.State


def address_mark(address: str) -> str:
    """Return the keyed hash by which an address is recognised without being listed."""
    return hmac.new(
        settings.CODE_SECRET, b"espi/address/v1\0" + address.lower().encode(), sha256
    ).hexdigest()


def is_stopped(recipient: UUID) -> bool:
    """Say whether this recipient said stop."""
    return Suppression.objects.filter(recipient=recipient).exists()


def stopped_recipients() -> set[UUID]:
    """Return everybody who said stop."""
    found = Suppression.objects.exclude(recipient=None).values_list("recipient", flat=True)
    return {recipient for recipient in found if recipient is not None}


def stopped_marks() -> set[str]:
    """Return the marks of all addresses that said stop."""
    found = Suppression.objects.exclude(address_mark=None).values_list("address_mark", flat=True)
    return {mark for mark in found if mark is not None}


def waiting(*, now: datetime) -> dict[str, int]:
    """Return what the dispatcher still has to do; all zero means idle."""
    running = OutboundMessage.objects.filter(campaign__state=Campaign.State.RUNNING)
    return {
        "due": running.filter(state=State.READY, due_at__lte=now).count(),
        "on_the_wire": running.filter(state__in=[State.LEASED, State.SENDING]).count(),
        "reports": WebhookDelivery.objects.filter(processed=False).count(),
    }


def message_counts(wave_code: str, kind: str = "") -> dict[str, dict[str, int]]:
    """Return messages by channel and state, without those that only stand by."""
    messages = OutboundMessage.objects.filter(campaign__wave_code=wave_code).exclude(
        state=State.PLANNED
    )
    if kind:
        messages = messages.filter(campaign__kind=kind)
    counts: dict[str, dict[str, int]] = {}
    rows = messages.values_list("channel", "state").annotate(n=Count("id"))
    for channel, state, n in rows.order_by("channel", "state"):
        counts.setdefault(channel, {})[state] = n
    return counts


def in_words(counts: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Return counts with the names of channels and states as a page shows them."""
    return {
        str(OutboundMessage.Channel(channel).label): {
            str(State(state).label): n for state, n in states.items()
        }
        for channel, states in counts.items()
    }


def reached(wave_code: str, states: Iterable[str]) -> set[UUID]:
    """Return the recipients of whom a carrier reported one of these states."""
    messages = OutboundMessage.objects.filter(campaign__wave_code=wave_code, state__in=states)
    return set(messages.values_list("recipient", flat=True))
