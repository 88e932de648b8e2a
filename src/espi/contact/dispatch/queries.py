"""Queries on the outbox."""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db.models import Count

from espi.contact.dispatch.models import (
    Campaign,
    Lane,
    OutboundMessage,
    Suppression,
    WebhookDelivery,
)
from espi.contact.dispatch.states import State


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
    recipients = Suppression.objects.exclude(recipient=None).values_list("recipient", flat=True)
    return {recipient for recipient in recipients if recipient is not None}


def stopped_marks() -> set[str]:
    """Return the marks of all addresses that said stop."""
    marks = Suppression.objects.exclude(address_mark=None).values_list("address_mark", flat=True)
    return {mark for mark in marks if mark is not None}


def waiting(*, now: datetime) -> dict[str, int]:
    """Return what the dispatcher still has to do; all zero means idle."""
    running = OutboundMessage.objects.filter(campaign__state=Campaign.State.RUNNING)
    return {
        "due": running.filter(state=State.READY, due_at__lte=now).count(),
        "on_the_wire": running.filter(state__in=[State.LEASED, State.SENDING]).count(),
        "reports": WebhookDelivery.objects.filter(processed=False).count(),
    }


@dataclass(frozen=True, slots=True)
class Standstill:
    """A channel that does not move.

    Attributes:
        error: the carrier's error, or what failed.
        since, tried_again_at: when it began, and when one message is tried next.
    """

    channel: str
    error: str
    since: datetime
    tried_again_at: datetime

    @property
    def label(self) -> str:
        """The channel's name as a page shows it."""
        return str(OutboundMessage.Channel(self.channel).label)


@dataclass(frozen=True, slots=True)
class Failure:
    """How many messages of a campaign failed over a channel with the same error."""

    channel: str
    error: str
    count: int


@dataclass(frozen=True, slots=True)
class Attention:
    """What a person has to look at.

    Attributes:
        standstills: channels that do not move.
        in_doubt: messages of the wave of which nobody knows whether they left.
        set_aside: reports that could not be used, or are about another sender.
    """

    standstills: tuple[Standstill, ...]
    in_doubt: int
    set_aside: int


def attention(wave_code: str) -> Attention:
    """Return what a person has to look at: doubts of a wave, troubles of the sender."""
    blocked = Lane.objects.exclude(blocked_until=None).order_by("channel")
    return Attention(
        tuple(
            Standstill(lane.channel, lane.error, lane.blocked_since, lane.blocked_until)
            for lane in blocked
            if lane.blocked_since and lane.blocked_until
        ),
        OutboundMessage.objects.filter(
            state=State.UNCERTAIN, campaign__wave_code=wave_code
        ).count(),
        WebhookDelivery.objects.exclude(reason="").count(),
    )


def failures(campaign: Campaign) -> list[Failure]:
    """Return with which errors messages of a campaign failed, the most frequent first."""
    failed = OutboundMessage.objects.filter(campaign=campaign, state=State.FAILED)
    rows = failed.values_list("channel", "error").annotate(n=Count("id"))
    return [Failure(*row) for row in rows.order_by("-n", "channel", "error")]


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
