"""Writes the rows of a list, one batch per transaction, so that others can write in between."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice

from django.db import transaction
from django.utils import timezone

from espi.contact.frame import errors
from espi.contact.frame.counts import RowCounts
from espi.contact.frame.models import Person, RejectedRow, Upload
from espi.contact.frame.screening import Entry, Screening
from espi.contact.frame.spreadsheet import Table
from espi.design.models import Stratum, Wave
from espi.design.services import areas_of_agency
from espi.platform import audit

BATCH = 1000  # rows per transaction: a tenth of a second, in which nobody else can write to SQLite
# SQLite lets whoever waits for its lock look again after 100 ms at the latest. A shorter pause
# could starve them for as long as a list is written.
PAUSE = 0.12  # seconds
QUERY = 500  # numbers or addresses per query: SQLite allows 999 parameters


def let_others_write() -> None:
    """Wait between two transactions long enough for others to notice that none is open."""
    time.sleep(PAUSE)


class TakenOver(Exception):
    """Another process took this one for dead, removed its rows and reads the list itself."""


def locked_wave(pk: int) -> Wave:
    """Return a wave that takes lists, locked until the transaction ends.

    While it is held, the lists of the wave cannot be closed, and no other list of it is written.
    Rows written after the commitment would be in no root; two lists could bring the same person.

    Raises:
        FrameClosed: the wave takes no lists now.
    """
    wave = Wave.objects.select_for_update().get(pk=pk)
    if wave.phase != Wave.Phase.FRAMES:
        raise errors.FrameClosed(wave=wave.code, phase=wave.get_phase_display())
    return wave


def discard_rows(upload: Upload) -> None:
    """Delete the rows of a list that was not read to its end, in short transactions."""
    for rows in (Person.objects, RejectedRow.objects):
        while keys := list(rows.filter(upload=upload).values_list("pk", flat=True)[:BATCH]):
            with transaction.atomic():
                rows.filter(pk__in=keys[:QUERY]).delete()
                rows.filter(pk__in=keys[QUERY:]).delete()
            let_others_write()


class Writing:
    """The writing of one list into the tables.

    Args:
        upload: what the rows belong to, in the state "being read".
        strata: those that the list is sorted into.
        table: the rows as the file has them.
    """

    def __init__(self, upload: Upload, strata: Iterable[Stratum], table: Table) -> None:
        self.upload = upload
        self.table = table
        areas = areas_of_agency(upload.wave, upload.agency, upload.group)
        self.screening = Screening(upload.group, upload.wave.opens_on, strata, areas)
        self.counts = RowCounts()

    def write(self) -> None:
        """Write all rows, and with the last ones the counts and the line in the audit log.

        Raises:
            FrameClosed: the lists of the wave were closed meanwhile.
            TakenOver: another process took this one for dead.
        """
        drafts = (self.screening.draft(number, cells) for number, cells in self.table.rows)
        batch, following = _next_batch(drafts), _next_batch(drafts)
        while following:
            self._write_batch(batch)
            let_others_write()
            batch, following = following, _next_batch(drafts)
        self._write_batch(batch, last=True)

    def _write_batch(self, batch: Sequence[Entry], *, last: bool = False) -> None:
        now = timezone.now()
        with transaction.atomic():
            locked_wave(self.upload.wave_id)
            self._touch(now)
            self._write_rows(batch)
            if last:
                self._finish()
        self.upload.touched_at = now  # not before: a transaction that fails leaves the old one

    def _write_rows(self, batch: Sequence[Entry]) -> None:
        """Finish the screening of some rows and write them.

        Persons who are on another list of the wave are looked up here, under the lock of the wave:
        a list that is written in the same minutes may bring the same person.
        """
        self._look_up("phone", [entry.phone for entry in batch], self.screening.phones)
        self._look_up("email", [entry.email for entry in batch], self.screening.emails)
        for entry in batch:
            self.screening.settle(entry)
        rejected = [entry for entry in batch if entry.reasons]
        RejectedRow.objects.bulk_create(_rejected(self.upload, entry) for entry in rejected)
        Person.objects.bulk_create(
            _person(self.upload, entry) for entry in batch if not entry.reasons
        )
        ineligible = sum(bool(entry.exclusion) for entry in batch)
        self.counts += RowCounts(
            rows=len(batch),
            accepted=len(batch) - len(rejected) - ineligible,
            rejected=len(rejected),
            ineligible=ineligible,
            duplicates=sum(entry.duplicate for entry in batch),
        )

    def _touch(self, now: datetime) -> None:
        """Note that this process still works; end it if another one has claimed its list."""
        mine = Upload.objects.filter(
            pk=self.upload.pk, state=Upload.State.READING, touched_at=self.upload.touched_at
        )
        if not mine.update(touched_at=now):
            raise TakenOver

    def _look_up(self, column: str, values: Iterable[str], in_wave: set[str]) -> None:
        """Add to ``in_wave`` those of the values that persons of the wave have in a column."""
        unknown = sorted({*values} - {""} - in_wave)
        persons = Person.objects.filter(wave_id=self.upload.wave_id)
        for start in range(0, len(unknown), QUERY):
            same = persons.filter(**{f"{column}__in": unknown[start : start + QUERY]})
            in_wave.update(same.values_list(column, flat=True))

    def _finish(self) -> None:
        upload = self.upload
        counts = asdict(self.counts)
        for name, count in counts.items():
            setattr(upload, name, count)
        upload.columns = self.table.header
        upload.state = Upload.State.READ
        upload.save(update_fields=[*counts, "columns", "state"])
        audit.record(
            upload.uploaded_by, "frame.import", agency=upload.agency.code, group=upload.group,
            digest=upload.digest, rows=upload.rows, accepted=upload.accepted,
        )  # fmt: skip


def _next_batch(drafts: Iterator[Entry]) -> list[Entry]:
    return list(islice(drafts, BATCH))


def _rejected(upload: Upload, entry: Entry) -> RejectedRow:
    return RejectedRow(
        upload=upload, row_number=entry.row_number, cells=entry.cells, reasons=entry.reasons
    )


def _person(upload: Upload, entry: Entry) -> Person:
    return Person(
        upload=upload,
        wave_id=upload.wave_id,
        agency_id=upload.agency_id,
        group=upload.group,
        stratum=entry.stratum,
        name=entry.name,
        phone=entry.phone,
        email=entry.email,
        unit=entry.unit[:200],
        job_title=entry.cells["jabatan"][:200],
        started_on=entry.started_on,
        service=entry.cells["layanan"][:200],
        area=entry.area,
        served_on=entry.served_on,
        language=entry.language,
        eligible=not entry.exclusion,
        exclusion=entry.exclusion,
    )
