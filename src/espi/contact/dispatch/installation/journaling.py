"""Lets messages be marked as sending only where this database may send, and journals them."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from typing import Protocol
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from espi.contact.dispatch import state_folder, states
from espi.contact.dispatch.installation import journal
from espi.contact.dispatch.installation.matching import compare
from espi.contact.dispatch.models import RESTORED, Installation, OutboundMessage, Suppression
from espi.contact.dispatch.queries import address_mark
from espi.contact.dispatch.states import State
from espi.contact.dispatch.stopping import stop_file
from espi.platform import clock

KEY_LENGTH = 24  # hexadecimal digits, 96 bits: no two of ten million messages share a key


class MarkSending(Protocol):
    """A function that marks claimed messages as sending and returns them."""

    def __call__(
        self, *, ids: Sequence[int], now: datetime, attempts: Mapping[int, str] | None = None
    ) -> list[OutboundMessage]:
        """Mark messages."""
        ...


def key_of(message: OutboundMessage) -> str:
    """Return what stands for a message in the journal: the same in every copy of the database.

    It names the address and not the recipient, so that a person whose invitation was issued anew
    after a restore is recognised.
    """
    campaign = message.campaign
    parts = [campaign.wave_code, campaign.kind, message.channel, address_mark(message.address)]
    text = b"espi/begun/v1\0" + "\0".join(parts).encode()
    return hmac.new(settings.CODE_SECRET, text, sha256).hexdigest()[:KEY_LENGTH]


def journaled(mark_sending: MarkSending) -> MarkSending:
    """Let a function mark messages as sending only where this database may send.

    What it marks stands in the journal before its transaction commits, and the mark moves on
    before it returns. While sending is off, the claimed messages go back and none is returned.
    Whoever said stop by the file of stop requests is taken out.
    """

    @wraps(mark_sending)
    def guarded(
        *, ids: Sequence[int], now: datetime, attempts: Mapping[int, str] | None = None
    ) -> list[OutboundMessage]:
        with state_folder.locked():
            with transaction.atomic():
                row = Installation.objects.select_for_update().first()
                mark = journal.read_mark()
                if row is None or mark is None or compare(row, mark) is not None:
                    claimed = OutboundMessage.objects.filter(pk__in=ids)
                    states.move_all(claimed, states.GIVE_BACK, State.READY)
                    return []
                messages = _without_stopped(mark_sending(ids=ids, now=now, attempts=attempts))
                if not messages:
                    return []
                row.generation += 1
                row.save(update_fields=["generation"])
                begun = [(message.attempt_id, key_of(message)) for message in messages]
                journal.prepare(mark, row.generation, begun, clock.now())
            journal.finish(row.generation)
        return messages

    return guarded


def _without_stopped(messages: list[OutboundMessage]) -> list[OutboundMessage]:
    recipients, marks = stop_file.spared()
    stopped = [
        message
        for message in messages
        if message.recipient in recipients or address_mark(message.address) in marks
    ]
    if stopped:
        keys = [message.pk for message in stopped]
        messages_of_stopped = OutboundMessage.objects.filter(pk__in=keys)
        states.move_all(messages_of_stopped, states.SPARE, State.SUPPRESSED)
        today = clock.today()
        for message in stopped:
            Suppression.objects.get_or_create(
                recipient=message.recipient, defaults={"reason": "stop file", "since": today}
            )
    return [message for message in messages if message not in stopped]


@dataclass(frozen=True, slots=True)
class Lost:
    """What a restored database does not know of.

    Attributes:
        begun: messages that were begun since the copy was made, by key.
        closed_waves: waves of which the journal has forgotten what was sent.
    """

    begun: Mapping[str, journal.Begun]
    closed_waves: frozenset[str]


def lost() -> Lost:
    """Return what this database does not know of; nothing where it was never restored."""
    row = Installation.objects.first()
    if row is None or not row.lost:
        return Lost({}, frozenset())
    begun: dict[str, journal.Begun] = {}
    for after, upto in row.lost:
        begun |= {entry.key: entry for entry in journal.begun_between(after, upto)}
    return Lost(begun, journal.closed_waves())


def put_in_doubt(messages: Iterable[OutboundMessage], lost: Lost) -> None:
    """Mark messages in memory that the journal knows as begun, and all those of a closed wave.

    They keep the attempt id that the carrier was given, so that a late report still settles them,
    and are never sent again by themselves.
    """
    for message in messages:
        begun = lost.begun.get(key_of(message))
        if begun is not None:
            message.attempted_at = begun.at
            doubt(message, begun.attempt)
        elif message.campaign.wave_code in lost.closed_waves:
            doubt(message)


def forget_wave(wave_code: str) -> None:
    """Erase from the journal what was sent in a wave, and when; at its closing."""
    messages = OutboundMessage.objects.filter(campaign__wave_code=wave_code)
    keys = {key_of(message) for message in messages.select_related("campaign").iterator()}
    if keys:
        journal.close_wave(wave_code, keys)


def doubt(message: OutboundMessage, attempt: str = "") -> None:
    """Put a message in doubt, in memory, in a way that only a report or a person ends."""
    states.move(message, states.DOUBT, State.UNCERTAIN)
    message.error, message.resent = RESTORED, True
    message.attempt_id = attempt or message.attempt_id or uuid4().hex
    message.attempted_at = message.attempted_at or clock.now()
    message.attempts = max(1, message.attempts)
