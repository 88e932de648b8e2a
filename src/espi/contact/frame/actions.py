"""Deeds upon the frame: taking a list in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.db import transaction

from espi.contact.frame import errors
from espi.contact.frame.models import Person, RejectedRow, Upload
from espi.contact.frame.screening import Entry, Screening
from espi.contact.frame.spreadsheet import Table, read_table
from espi.design.models import Agency, Group, Stratum, Wave
from espi.platform import audit
from espi.platform.audit import Actor

BATCH = 2000


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


@transaction.atomic
def import_list(*, wave: Wave, delivery: Delivery, actor: Actor | str, now: datetime) -> Upload:
    """Take a population list in: all of its rows get their fate, or none.

    Raises:
        FrameClosed: the wave takes no lists now.
        UnknownList: there is no such list in the wave.
        AlreadyUploaded: the very same file was uploaded before.
        Refusal: the file cannot be read; the sentence says what to mend.
    """
    wave = Wave.objects.select_for_update().get(pk=wave.pk)
    if wave.phase != Wave.Phase.FRAMES:
        raise errors.FrameClosed(wave=wave.code, phase=wave.get_phase_display())
    strata = _strata(wave, delivery)
    digest = sha256(delivery.content).hexdigest()
    agency = Agency.objects.get(code=delivery.agency_code)
    same = Upload.objects.filter(wave=wave, agency=agency, group=delivery.group, digest=digest)
    if same.exists():
        raise errors.AlreadyUploaded
    table = read_table(delivery.content)
    entries = _screen(wave, delivery.group, strata, table)
    upload = _record(wave, agency, delivery, digest, (table, entries, actor, now))
    _keep(upload, entries)
    audit.record(
        actor, "frame.import", agency=agency.code, group=upload.group, digest=digest,
        rows=upload.rows, accepted=upload.accepted,
    )  # fmt: skip
    return upload


def _strata(wave: Wave, delivery: Delivery) -> list[Stratum]:
    if delivery.group not in Group.values:
        raise errors.UnknownList(agency=delivery.agency_code, group=delivery.group)
    drawn = wave.strata.filter(channel=Stratum.Channel.SAMPLE)
    strata = list(drawn.filter(agency__code=delivery.agency_code, group=delivery.group))
    if not strata:
        raise errors.UnknownList(agency=delivery.agency_code, group=delivery.group)
    return strata


def _screen(wave: Wave, group: str, strata: list[Stratum], table: Table) -> list[Entry]:
    screening = Screening(group, wave.opens_on, strata)
    known = Person.objects.filter(wave=wave).values_list("phone", "email")
    for phone, email in known.iterator(chunk_size=BATCH):
        screening.phones |= {phone} - {""}
        screening.emails |= {email} - {""}
    return [screening.screen(number, cells) for number, cells in table.rows]


def _record(
    wave: Wave,
    agency: Agency,
    delivery: Delivery,
    digest: str,
    rest: tuple[Table, list[Entry], Actor | str, datetime],
) -> Upload:
    table, entries, actor, now = rest
    rejected = [entry for entry in entries if entry.reasons]
    ineligible = [entry for entry in entries if entry.exclusion]
    return Upload.objects.create(
        wave=wave,
        agency=agency,
        group=delivery.group,
        file_name=re.sub(r"[^\w. ()-]", "_", delivery.file_name)[-200:],
        digest=digest,
        columns=table.header,
        rows=len(entries),
        accepted=len(entries) - len(rejected) - len(ineligible),
        rejected=len(rejected),
        ineligible=len(ineligible),
        duplicates=sum(entry.duplicate for entry in entries),
        uploaded_by=actor if isinstance(actor, str) else actor.get_username(),
        uploaded_at=now,
    )


def _keep(upload: Upload, entries: list[Entry]) -> None:
    RejectedRow.objects.bulk_create(
        (
            RejectedRow(
                upload=upload,
                row_number=entry.row_number,
                cells=entry.cells,
                reasons=entry.reasons,
            )
            for entry in entries
            if entry.reasons
        ),
        batch_size=BATCH,
    )
    Person.objects.bulk_create(
        (_person(upload, entry) for entry in entries if not entry.reasons), batch_size=BATCH
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
        unit=entry.cells["unit"].strip()[:200],
        job_title=entry.cells["jabatan"][:200],
        started_on=entry.started_on,
        service=entry.cells["layanan"][:200],
        served_on=entry.served_on,
        language=entry.language,
        eligible=not entry.exclusion,
        exclusion=entry.exclusion,
    )
