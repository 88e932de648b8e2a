"""What is done to the frame: a list is taken in.

A list is read and written in three steps, so that nobody waits for a long one. The file is read
by a process of its own, outside any transaction. Its rows are written in many short transactions.
The counts and the line in the audit log come with the last of them; until then the upload is
"being read", and the lists of the wave cannot be closed.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from espi.contact.frame import errors, storage
from espi.contact.frame.models import Upload
from espi.contact.frame.spreadsheet import read_table, refuse_large
from espi.contact.frame.writing import TakenOver, Writing, discard_rows, locked_wave
from espi.design.models import Agency, Group, Stratum, Wave
from espi.platform.audit import Actor
from espi.platform.errors import Refusal

# Longer than the reader may take by the clock (LIMITS in spreadsheet.py) and than any pause
# between two batches: who has not been heard of for so long has died.
LOST_AFTER = timedelta(minutes=20)
ORPHANS_AFTER = timedelta(days=1)

UNREAD = Q(state__in=[Upload.State.WAITING, Upload.State.READING])

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivery:
    """A list as it arrives.

    Attributes:
        content: the bytes of the file.
    """

    agency_code: str
    group: str
    file_name: str
    content: bytes


def delivery_from(agency_code: str, group: str, path: Path) -> Delivery:
    """Return a list from a file, which is not read if it is too large.

    Raises:
        FileTooLarge: no list has so many bytes.
    """
    refuse_large(path.stat().st_size)
    return Delivery(agency_code, group, path.name, path.read_bytes())


def import_list(*, wave: Wave, delivery: Delivery, actor: Actor | str, now: datetime) -> Upload:
    """Take a population list in: all of its rows get their fate, or none.

    Raises:
        FrameClosed: the wave takes no lists now.
        UnknownList: there is no such list in the wave.
        AlreadyUploaded: the very same file was uploaded before.
        StillBeingRead: the very same file is being read.
        Refusal: the file cannot be read; the sentence says what to mend.
    """
    refuse_large(len(delivery.content))
    upload = _begin(
        wave,
        delivery.agency_code,
        delivery.group,
        file_name=delivery.file_name,
        digest=sha256(delivery.content).hexdigest(),
        uploaded_by=actor if isinstance(actor, str) else actor.get_username(),
        uploaded_at=now,
        state=Upload.State.READING,
        touched_at=timezone.now(),
    )
    try:
        with TemporaryFile() as file:
            file.write(delivery.content)
            file.flush()
            return _fill(upload, file)
    except BaseException:
        Upload.objects.filter(pk=upload.pk, touched_at=upload.touched_at).delete()
        raise


def receive_list(
    *, wave: Wave, place: tuple[str, str], file: UploadedFile[Any], actor: Actor, now: datetime
) -> Upload:
    """Store a list that came over the page; the worker reads it (``read_waiting``).

    Args:
        wave: the wave that takes lists.
        place: code of the agency, and group.
        file: as Django received it.
        actor: who uploaded it.
        now: the moment.

    Raises:
        FileTooLarge: no list has so many bytes.
        FrameClosed, UnknownList, AlreadyUploaded, StillBeingRead: as ``import_list``.
    """
    refuse_large(file.size or 0)
    stored = storage.store(file.chunks())
    try:
        return _begin(
            wave,
            *place,
            file_name=file.name or "",
            digest=stored.digest,
            uploaded_by=actor.get_username(),
            uploaded_at=now,
            state=Upload.State.WAITING,
            stored_as=stored.name,
        )
    except BaseException:
        storage.forget(stored.name)
        raise


def read_waiting() -> int:
    """Read every list that waits, and every one whose reader has died; return how many.

    Of several processes that do this at once each takes other lists.
    """
    count = 0
    _give_up_lost()
    while upload := _claim():
        count += 1
        _read_stored(upload)
    kept = Upload.objects.filter(UNREAD).values_list("stored_as", flat=True)
    storage.forget_all_but(set(kept), (timezone.now() - ORPHANS_AFTER).timestamp())
    return count


def is_lost() -> Q:
    """Return the condition of an upload whose reader has died."""
    return Q(state=Upload.State.READING, touched_at__lt=timezone.now() - LOST_AFTER)


def _begin(wave: Wave, agency_code: str, group: str, *, file_name: str, **facts: object) -> Upload:
    """Note the upload, after everything that can be known before its file is read."""
    _give_up_lost()
    with transaction.atomic():
        wave = locked_wave(wave.pk)
        strata_of(wave, agency_code, group)
        same = Upload.objects.filter(
            wave=wave, agency__code=agency_code, group=group, digest=facts["digest"]
        ).exclude(state=Upload.State.REFUSED)
        _refuse_same(same.first())
        return _create(wave, agency_code, group, file_name, **facts)


def _refuse_same(same: Upload | None) -> None:
    if same and same.state == Upload.State.READ:
        raise errors.AlreadyUploaded
    if same:
        raise errors.StillBeingRead(minutes=LOST_AFTER // timedelta(minutes=1))


def _create(wave: Wave, agency_code: str, group: str, file_name: str, **facts: object) -> Upload:
    counts = dict.fromkeys(("rows", "accepted", "rejected", "ineligible", "duplicates"), 0)
    return Upload.objects.create(
        wave=wave,
        agency=Agency.objects.get(code=agency_code),
        group=group,
        file_name=re.sub(r"[^\w. ()-]", "_", file_name)[-200:],
        **counts,
        **facts,
    )


def strata_of(wave: Wave, agency_code: str, group: str) -> list[Stratum]:
    """Return the strata that a list is sorted into.

    Raises:
        UnknownList: there is no such list in the wave.
    """
    found = []
    if group in Group.values:
        drawn = wave.strata.filter(channel=Stratum.Channel.SAMPLE)
        found = list(drawn.filter(agency__code=agency_code, group=group))
    if not found:
        raise errors.UnknownList(agency=agency_code, group=group)
    return found


def _fill(upload: Upload, file: BinaryIO) -> Upload:
    """Read the file and write its rows; what was written is taken back if something fails.

    Raises:
        Refusal: the file cannot be read, or the wave takes no lists any more.
        TakenOver: another process took this one for dead.
    """
    try:
        strata = strata_of(upload.wave, upload.agency.code, upload.group)
        with read_table(file) as table:
            Writing(upload, strata, table).write()
    except TakenOver:
        raise
    except BaseException:
        if Upload.objects.filter(pk=upload.pk, touched_at=upload.touched_at).exists():
            discard_rows(upload)
        raise
    return upload


def _give_up_lost() -> None:
    """Refuse lists that a command was reading when it died: there is no file to read again."""
    for upload in Upload.objects.filter(is_lost(), stored_as=""):
        if _take(upload, is_lost()):
            discard_rows(upload)
            _refuse(upload, errors.ReadingFailed())


def _take(upload: Upload, state: Q) -> bool:
    """Make an upload this process's own, if it is still in that state.

    A process that works on it still, though it was taken for dead, finds that out before it
    writes another row.
    """
    now = timezone.now()
    facts = {"state": Upload.State.READING, "touched_at": now}
    if not Upload.objects.filter(state, pk=upload.pk).update(**facts):
        return False
    upload.state, upload.touched_at = Upload.State.READING, now
    return True


def _claim() -> Upload | None:
    """Take the oldest list that waits, so that no other process takes it."""
    open_to_all = Q(state=Upload.State.WAITING) | is_lost()
    for upload in Upload.objects.filter(open_to_all).exclude(stored_as="").order_by("pk"):
        if _take(upload, open_to_all):
            discard_rows(upload)  # of a reader that died
            return upload
    return None


def _read_stored(upload: Upload) -> None:
    """Read a stored list to its end: its rows are there, or its refusal is."""
    try:
        with storage.path_of(upload.stored_as).open("rb") as file:
            _fill(upload, file)
    except TakenOver:
        return
    except Refusal as refusal:
        _refuse(upload, refusal)
    except Exception:
        # The worker goes on with other lists. The log has the lines of code and no content.
        logger.exception("list not read")
        _refuse(upload, errors.ReadingFailed())
    storage.forget(upload.stored_as)
    Upload.objects.filter(pk=upload.pk, stored_as=upload.stored_as).update(stored_as="")


def _refuse(upload: Upload, refusal: Refusal) -> None:
    Upload.objects.filter(pk=upload.pk, touched_at=upload.touched_at).update(
        state=Upload.State.REFUSED,
        refusal={"kind": type(refusal).__name__, "facts": refusal.facts},
    )
