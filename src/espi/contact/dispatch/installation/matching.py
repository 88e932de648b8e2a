"""Whether this database may send: it must match the mark that is kept outside of it.

An old copy of the database does not know what was sent after the copy, and would send it again.
See ``journal`` for how the two halves of the mark are moved on together.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from espi.contact.dispatch import state_folder
from espi.contact.dispatch.installation import journal
from espi.contact.dispatch.installation.journal import Mark
from espi.contact.dispatch.models import (
    Campaign,
    Installation,
    OutboundMessage,
)

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
    def sentence(self) -> str:
        """What it means, for people."""
        return str(SENTENCES[self])

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


def finding() -> Finding | None:
    """Return why nothing may be sent, or None where this database may send.

    Before the first planning there are no halves yet that could differ.
    """
    row, mark = Installation.objects.first(), journal.read_mark()
    if row is None and (mark is None or mark.prepared == 0) and not Campaign.objects.exists():
        return None
    return compare(row, mark)


def compare(row: Installation | None, mark: Mark | None) -> Finding | None:
    """Return what is wrong between the two halves of the mark, the most specific finding first."""
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
        or state_folder.size_of(state_folder.STOPS) < mark.stops_size
    )
    return Finding.MARK_OLDER if shorter or row.generation > mark.prepared else None


def may_send() -> bool:
    """Say whether this database may send; cheap, since it is asked before each block."""
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
