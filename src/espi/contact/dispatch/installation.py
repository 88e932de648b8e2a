"""Whether this database may send: it must match the mark that is kept outside of it.

An old copy of the database does not know what was sent after the copy, and would send it again.
See ``journal`` for how the two halves of the mark are moved on together.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from functools import wraps
from hashlib import sha256
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from espi.contact.dispatch import journal, state_folder, stop_file
from espi.contact.dispatch.journal import Mark
from espi.contact.dispatch.models import (
    RESTORED,
    Campaign,
    Installation,
    OutboundMessage,
    Suppression,
)
from espi.contact.dispatch.queries import address_mark
from espi.platform import clock

State = OutboundMessage.State
KEY_LENGTH = 24  # hexadecimal digits, 96 bits: no two of ten million messages share a key
MarkSending = Callable[..., list[OutboundMessage]]


class Finding(Enum):
    """Why nothing is sent."""

    MARK_MISSING = "mark missing"
    DATABASE_UNMARKED = "database without mark"
    OTHER_INSTALLATION = "other installation"
    DATABASE_OLDER = "database older"
    MARK_OLDER = "mark older"
    OTHER_PLACE = "other place"

    @property
    def sentence(self) -> Any:
        """What it means, for people."""
        return SENTENCES[self]

    @property
    def journal_is_whole(self) -> bool:
        """Say whether the journal here holds all that was sent since the copy was made."""
        return self in {Finding.DATABASE_OLDER, Finding.DATABASE_UNMARKED}


SENTENCES = {
    Finding.MARK_MISSING: _(
        "The files that say what was sent are not there: the database was moved or copied without "
        "them."
    ),
    Finding.DATABASE_UNMARKED: _(
        "The database does not know this installation: it is older than its first message, or it "
        "comes from a version without this protection."
    ),
    Finding.OTHER_INSTALLATION: _(
        "The database and the files that say what was sent belong to different installations."
    ),
    Finding.DATABASE_OLDER: _(
        "The database is older than the last message that was sent: an earlier copy was restored."
    ),
    Finding.MARK_OLDER: _(
        "The files that say what was sent are older than the database: an earlier copy of them was "
        "restored."
    ),
    Finding.OTHER_PLACE: _(
        "The files that say what was sent were copied from another machine or folder; the "
        "installation they come from may still be sending."
    ),
}


def key_of(message: OutboundMessage) -> str:
    """Return what stands for a message in the journal: the same in every copy of the database.

    It names the address and not the recipient, so that a person whose invitation was issued anew
    after a restore is recognised.
    """
    campaign = message.campaign
    parts = [campaign.wave_code, campaign.kind, message.channel, address_mark(message.address)]
    text = b"espi/begun/v1\0" + "\0".join(parts).encode()
    return hmac.new(settings.CODE_SECRET, text, sha256).hexdigest()[:KEY_LENGTH]


def finding() -> Finding | None:
    """Return why nothing may be sent, or nothing where all is as it should be.

    Before the first planning there are no halves yet that could differ.
    """
    row, mark = Installation.objects.first(), journal.read_mark()
    if row is None and (mark is None or mark.prepared == 0) and not Campaign.objects.exists():
        return None
    return compare(row, mark)


def compare(row: Installation | None, mark: Mark | None) -> Finding | None:
    """Return what is wrong between the two halves of the mark, the most telling thing first."""
    if mark is None:
        return Finding.MARK_MISSING
    if (mark.machine, mark.journal) != (
        state_folder.machine(),
        state_folder.inode_of(journal.BEGUN),
    ):
        return Finding.OTHER_PLACE
    if row is None or not row.identifier:
        return Finding.DATABASE_UNMARKED
    if row.identifier != mark.installation:
        # Reads the whole journal; ``may_send`` spares that.
        earlier = row.identifier in journal.installations()
        return Finding.DATABASE_OLDER if earlier else Finding.OTHER_INSTALLATION
    if row.generation < mark.generation:
        return Finding.DATABASE_OLDER
    shorter = (
        state_folder.size_of(journal.BEGUN) < mark.begun_size
        or state_folder.size_of(journal.STOPS) < mark.stops_size
    )
    return Finding.MARK_OLDER if shorter or row.generation > mark.prepared else None


def may_send() -> bool:
    """Say whether nothing is wrong; cheap, so that it can be asked before each block."""
    row, mark = Installation.objects.first(), journal.read_mark()
    if row is None or mark is None or row.identifier != mark.installation:
        return False
    return compare(row, mark) is None


def begin_installation() -> None:
    """Mark a new installation: only where neither half is there and no message was ever planned.

    A mark of which nothing was sent yet is taken over; that is what a transaction leaves which
    was rolled back after it had made the file.
    """
    if Installation.objects.exists() or Campaign.objects.exists():
        return
    mark = journal.read_mark() or journal.create(uuid4().hex) or journal.read_mark()
    if mark is not None and mark.prepared == 0:
        Installation.objects.get_or_create(number=1, defaults={"identifier": mark.installation})


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
                    claimed = OutboundMessage.objects.filter(pk__in=ids, state=State.LEASED)
                    claimed.update(state=State.READY, leased_until=None)
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
        OutboundMessage.objects.filter(pk__in=keys).update(state=State.SUPPRESSED)
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
    message.state, message.leased_until = State.UNCERTAIN, None
    message.error, message.resent = RESTORED, True
    message.attempt_id = attempt or message.attempt_id or uuid4().hex
    message.attempted_at = message.attempted_at or clock.now()
    message.attempts = max(1, message.attempts)
