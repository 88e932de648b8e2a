"""The agencies that a wave goes on without, as a file from the contact bank to the response bank.

Anybody may read it: it says which agency is missing, why, and nothing about a person.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

import msgspec
from django.db import transaction

from espi.atomic_files import PUBLIC, write_atomically
from espi.canonical_json import canonical_json
from espi.design.errors import AgencyNotInWave, DesignFileFaulty, WaveNotDropping
from espi.design.models import Agency, DroppedAgency, Wave
from espi.design.queries import dropped_agencies
from espi.platform import audit
from espi.platform.audit import Actor

FORMAT = "espi/v1/dropped-agencies"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why the wave goes on without an agency, in both languages."""

    id: str
    en: str


@dataclass(frozen=True, slots=True)
class DroppedRow:
    """An agency of the file.

    Attributes:
        agency: its code.
        withheld: its people were drawn; its results are not shown.
    """

    agency: str
    reason: Reason
    withheld: bool


@dataclass(frozen=True, slots=True)
class DroppedFile:
    """The file; its agencies are all that the wave goes on without."""

    format: str
    wave: str
    agencies: tuple[DroppedRow, ...]


def export_dropped(*, wave: Wave, path: Path) -> int:
    """Write the agencies that the wave goes on without to a file, and return how many there are."""
    rows = tuple(
        DroppedRow(dropped.agency.code, Reason(**dropped.reason), dropped.withheld)
        for dropped in dropped_agencies(wave)
    )
    content = canonical_json(msgspec.to_builtins(DroppedFile(FORMAT, wave.code, rows)))
    write_atomically(path, f"{content}\n".encode(), mode=PUBLIC)
    return len(rows)


@transaction.atomic
def take_dropped(*, path: Path, actor: Actor | str, today: date) -> int:
    """Take over what the other bank decided, all or nothing, and return how many agencies it names.

    Repeated with the same or a newer file it replaces what came from the other bank. An agency that
    two people withheld here stays withheld.

    Raises:
        DesignFileFaulty: the file is not one that ``export_dropped`` wrote, or of no wave here.
        AgencyNotInWave: it names an agency that the wave does not have.
        WaveNotDropping: the results of the wave are out.
    """
    text = _content(path)
    file = _parsed(path, text)
    wave = Wave.objects.select_for_update().filter(code=file.wave).first()
    if wave is None:
        raise DesignFileFaulty(file=path.name, reason=f"this bank has no wave {file.wave!r}")
    if wave.phase == Wave.Phase.RELEASED:
        raise WaveNotDropping(wave=wave.code, phase=wave.get_phase_display())
    agencies = {a.code: a for a in Agency.objects.filter(strata__wave=wave).distinct()}
    if unknown := [row.agency for row in file.agencies if row.agency not in agencies]:
        raise AgencyNotInWave(wave=wave.code, agency=unknown[0])
    wave.dropped_agencies.filter(confirmed_on__isnull=False, confirmed_by="").delete()
    for row in file.agencies:
        decided = wave.dropped_agencies.filter(agency=agencies[row.agency])
        if decided.filter(confirmed_on__isnull=False).exists():
            continue
        decided.delete()  # a request that waits here: the other bank has decided
        DroppedAgency.objects.create(
            wave=wave,
            agency=agencies[row.agency],
            reason={"id": row.reason.id, "en": row.reason.en},
            withheld=row.withheld,
            asked_on=today,
            confirmed_on=today,
        )
    digest = sha256(text).hexdigest()
    audit.record(actor, "design.take_dropped", wave=wave.code, digest=digest)
    return len(file.agencies)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None


def _parsed(path: Path, text: bytes) -> DroppedFile:
    try:
        file = msgspec.json.decode(text, type=DroppedFile)
    except msgspec.MsgspecError as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None
    if file.format != FORMAT:
        reason = "it is not a file of: espi agencies export FILE"
        raise DesignFileFaulty(file=path.name, reason=reason)
    return file
