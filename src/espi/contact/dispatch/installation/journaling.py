"""Lets messages be marked as sending only where this database may send, and journals them."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from functools import wraps
from hashlib import sha256
from typing import Any
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
MarkSending = Callable[..., list[OutboundMessage]]


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
    def guarded(*, ids: Sequence[int], **values: Any) -> list[OutboundMessage]:
        with state_folder.locked():
            with transaction.atomic():
                row = Installation.objects.select_for_update().first()
                mark = journal.read_mark()
                if row is None or mark is None or compare(row, mark) is not None:
                    claimed = OutboundMessage.objects.filter(pk__in=ids)
                    states.move_all(claimed, states.GIVE_BACK, State.READY)
                    return []
                messages = _without_stopped(mark_sending(ids=ids, **values))
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


def lost_keys() -> dict[str, journal.Begun]:
    """Return what was begun in generations that this database does not know of, by key."""
    row = Installation.objects.first()
    found: dict[str, journal.Begun] = {}
    for after, upto in row.lost if row else []:
        found |= {begun.key: begun for begun in journal.begun_between(after, upto)}
    return found


def put_in_doubt(messages: Iterable[OutboundMessage], lost: dict[str, journal.Begun]) -> int:
    """Mark messages in memory that the journal knows as begun; return how many.

    They keep the attempt id that the carrier was given, so that a late report still settles them,
    and are never sent again by themselves.
    """
    count = 0
    for message in messages:
        begun = lost.get(key_of(message))
        if begun is not None:
            message.attempted_at = begun.at
            doubt(message, begun.attempt)
            count += 1
    return count


def doubt(message: OutboundMessage, attempt: str = "") -> None:
    """Put a message in doubt, in memory, in a way that only a report or a person ends."""
    states.move(message, states.DOUBT, State.UNCERTAIN)
    message.error, message.resent = RESTORED, True
    message.attempt_id = attempt or message.attempt_id or uuid4().hex
    message.attempted_at = message.attempted_at or clock.now()
    message.attempts = max(1, message.attempts)
