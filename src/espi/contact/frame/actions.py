"""Importing population lists into the frame.

A list is read and written in three steps, so that nobody waits for a long one. The file is read
by a process of its own, outside any transaction. Its rows are written in many short transactions.
The counts and the line in the audit log come with the last of them; until then the upload is
"being read", and the lists of the wave cannot be closed.
"""

from __future__ import annotations

import logging
import re
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from espi.contact.frame import errors, storage
from espi.contact.frame.counts import RowCounts
from espi.contact.frame.models import Upload
from espi.contact.frame.queries import ListName, strata_of
from espi.contact.frame.spreadsheet import read_table, refuse_large
from espi.contact.frame.writing import TakenOver, Writing, discard_rows, locked_wave
from espi.design.models import Agency
from espi.platform.audit import Actor
from espi.platform.errors import Refusal

# Longer than the reader may take by the clock (LIMITS in spreadsheet.py), and longer than any pause
# between two batches: a process that has written nothing for so long has died. A shorter time would
# let a second process read a list that the first still writes.
LOST_AFTER = timedelta(minutes=20)
# A file without a row may be one whose row is about to be written; no upload takes a day.
ORPHANS_AFTER = timedelta(days=1)

UNREAD = Q(state__in=[Upload.State.WAITING, Upload.State.READING])

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A list as an agency delivers it.

    Attributes:
        content: the bytes of the file.
    """

    name: ListName
    file_name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Arrival:
    """What is known of an upload before its file is read; fields of ``Upload``."""

    file_name: str
    digest: str
    uploaded_by: str
    uploaded_at: datetime
    state: str
    stored_as: str = ""
    touched_at: datetime | None = None


def delivery_from(name: ListName, path: Path) -> Delivery:
    """Return a list from a file; a file that is too large is refused unread.

    Raises:
        FileTooLarge: no list has so many bytes.
    """
    refuse_large(path.stat().st_size)
    return Delivery(name, path.name, path.read_bytes())


def import_list(*, delivery: Delivery, actor: Actor | str, now: datetime) -> Upload:
    """Read and write a population list at once: all of its rows, or none.

    Raises:
        FrameClosed: the wave takes no lists now.
        UnknownList: there is no such list in the wave.
        AlreadyUploaded: the very same file was uploaded before.
        StillBeingRead: the very same file is being read.
        Refusal: the file cannot be read; the sentence says what to mend.
    """
    refuse_large(len(delivery.content))
    arrival = _Arrival(
        file_name=delivery.file_name,
        digest=sha256(delivery.content).hexdigest(),
        uploaded_by=actor if isinstance(actor, str) else actor.get_username(),
        uploaded_at=now,
        state=Upload.State.READING,
        touched_at=timezone.now(),
    )
    upload = _begin(delivery.name, arrival)
    try:
        with TemporaryFile() as file:
            file.write(delivery.content)
            file.flush()
            return _fill(upload, file)
    except BaseException:
        # Also after Ctrl-C: the same file could not be imported again for LOST_AFTER otherwise.
        Upload.objects.filter(pk=upload.pk, touched_at=upload.touched_at).delete()
        raise


def receive_list(
    *, name: ListName, file: UploadedFile[bytes], actor: Actor, now: datetime
) -> Upload:
    """Store a list that was uploaded on the page; the worker reads it (``read_waiting``).

    Args:
        name: which list it is.
        file: as Django received it.
        actor: who uploaded it.
        now: when.

    Raises:
        FileTooLarge: no list has so many bytes.
        FrameClosed, UnknownList, AlreadyUploaded, StillBeingRead: as ``import_list``.
    """
    refuse_large(file.size or 0)
    stored = storage.store(file.chunks())
    arrival = _Arrival(
        file_name=file.name or "",
        digest=stored.digest,
        uploaded_by=actor.get_username(),
        uploaded_at=now,
        state=Upload.State.WAITING,
        stored_as=stored.name,
    )
    try:
        return _begin(name, arrival)
    except BaseException:
        storage.forget(stored.name)  # the file holds persons, and no row refers to it
        raise


def read_waiting() -> int:
    """Read every list that waits, and every one whose reader has died; return how many.

    Several processes may do this at once; each list is read by one of them.
    """
    count = 0
    _give_up_lost()
    while upload := _claim_next():
        count += 1
        _read_stored(upload)
    unread_files = Upload.objects.filter(UNREAD).values_list("stored_as", flat=True)
    storage.forget_all_but(set(unread_files), (timezone.now() - ORPHANS_AFTER).timestamp())
    return count


def is_lost() -> Q:
    """Return the condition of an upload whose reader has died."""
    return Q(state=Upload.State.READING, touched_at__lt=timezone.now() - LOST_AFTER)


def _begin(name: ListName, arrival: _Arrival) -> Upload:
    """Write the row of an upload, after every check that needs nothing of the file."""
    _give_up_lost()
    with transaction.atomic():
        # Under the lock of the wave, as two uploads of the same file may come at the same time.
        locked_wave(name.wave.pk)
        strata_of(name)
        _refuse_same(name, arrival.digest)
        return _create(name, arrival)


def _refuse_same(name: ListName, digest: str) -> None:
    uploads = Upload.objects.filter(
        wave=name.wave, agency__code=name.agency_code, group=name.group, digest=digest
    )
    same = uploads.exclude(state=Upload.State.REFUSED).first()
    if same is None:
        return
    if same.state == Upload.State.READ:
        raise errors.AlreadyUploaded
    raise errors.StillBeingRead(minutes=LOST_AFTER // timedelta(minutes=1))


def _create(name: ListName, arrival: _Arrival) -> Upload:
    return Upload.objects.create(
        wave=name.wave,
        agency=Agency.objects.get(code=name.agency_code),
        group=name.group,
        file_name=re.sub(r"[^\w. ()-]", "_", arrival.file_name)[-200:],
        digest=arrival.digest,
        uploaded_by=arrival.uploaded_by,
        uploaded_at=arrival.uploaded_at,
        state=arrival.state,
        stored_as=arrival.stored_as,
        touched_at=arrival.touched_at,
        **asdict(RowCounts()),
    )


def _fill(upload: Upload, file: BinaryIO) -> Upload:
    """Read the file and write its rows; if something fails, the written rows are deleted.

    Raises:
        Refusal: the file cannot be read, or the wave takes no lists any more.
        TakenOver: another process took this one for dead.
    """
    try:
        strata = strata_of(ListName(upload.wave, upload.agency.code, upload.group))
        with read_table(file) as table:
            Writing(upload, strata, table).write()
    except TakenOver:
        raise  # the rows that are there now are the other process's
    except BaseException:
        if Upload.objects.filter(pk=upload.pk, touched_at=upload.touched_at).exists():
            discard_rows(upload)
        raise
    return upload


def _give_up_lost() -> None:
    """Refuse lists whose command died while it read them: no stored file is left to read again."""
    for upload in Upload.objects.filter(is_lost(), stored_as=""):
        if _claim_one(upload, is_lost()):
            discard_rows(upload)
            _refuse(upload, errors.ReadingFailed())


def _claim_one(upload: Upload, state: Q) -> bool:
    """Claim an upload for this process, if it is still in that state.

    One UPDATE with the state as its condition, so that of two processes only one succeeds. A
    process that was taken for dead and still works finds ``touched_at`` changed before it writes
    another row.
    """
    now = timezone.now()
    waiting = Upload.objects.filter(state, pk=upload.pk)
    if not waiting.update(state=Upload.State.READING, touched_at=now):
        return False
    upload.state, upload.touched_at = Upload.State.READING, now
    return True


def _claim_next() -> Upload | None:
    """Claim the oldest list that waits, so that no other process reads it; none if none waits."""
    unclaimed = Q(state=Upload.State.WAITING) | is_lost()
    for upload in Upload.objects.filter(unclaimed).exclude(stored_as="").order_by("pk"):
        if _claim_one(upload, unclaimed):
            discard_rows(upload)  # of a reader that died
            return upload
    return None


def _read_stored(upload: Upload) -> None:
    """Read a stored list to its end: then its rows are written, or the reason why it is refused."""
    try:
        with storage.path_of(upload.stored_as).open("rb") as file:
            _fill(upload, file)
    except TakenOver:
        return
    except Refusal as refusal:
        _refuse(upload, refusal)
    except Exception:
        # One faulty list must not keep the worker from the others. The log gets the lines of code
        # and no content: FactsOnly writes no text of an error, which may hold a person.
        logger.exception("list not read")
        _refuse(upload, errors.ReadingFailed())
    storage.forget(upload.stored_as)
    Upload.objects.filter(pk=upload.pk, stored_as=upload.stored_as).update(stored_as="")


def _refuse(upload: Upload, refusal: Refusal) -> None:
    Upload.objects.filter(pk=upload.pk, touched_at=upload.touched_at).update(
        state=Upload.State.REFUSED,
        refusal={"kind": type(refusal).__name__, "facts": refusal.facts},
    )
