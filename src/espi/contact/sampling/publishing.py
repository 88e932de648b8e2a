"""Files of the draw: four for everybody, one for each agency, one for a sworn auditor."""

from __future__ import annotations

from pathlib import Path

from django.utils import timezone

from espi.contact.sampling import errors
from espi.contact.sampling.models import FrameCommitment
from espi.contact.sampling.queries import (
    FrameUnit,
    agencies_of,
    commitment_of,
    committed_roots,
    draw_of,
    frame_units,
    throws_of,
)
from espi.design.models import Agency, Wave
from espi.draw import proofs, record, roots, verify
from espi.draw.errors import DrawError
from espi.draw.record import Ceremony
from espi.platform import audit
from espi.platform.audit import Actor


def public_files(wave: Wave) -> dict[str, bytes]:
    """Return the four files of a draw by name, after the check that everybody can make.

    Raises:
        NotCommitted: the lists are open.
        NotDrawn: there is no sample yet.
        DrawDoesNotVerify: the files contradict each other and must not be published.
    """
    commitment, draw = _committed(wave), draw_of(wave)
    if draw is None:
        raise errors.NotDrawn(wave=wave.code)
    rows: list[tuple[str, str, str]] = []
    frame: dict[str, list[str]] = {}
    for agency in agencies_of(wave):
        for person in frame_units(wave, agency):
            unit = person.unit.unit.hex()
            rows.append((agency.code, person.unit.stratum, unit))
            frame.setdefault(person.unit.stratum, []).append(unit)
    day = timezone.localtime(draw.drawn_at).date().isoformat()
    ceremony = Ceremony(draw.seed, throws_of(wave), draw.source, day)
    files = {
        roots.NAME: commitment.document.encode(),
        verify.FRAME: verify.frame_file(rows),
        record.NAME: record.content(committed_roots(commitment), frame, ceremony),
    }
    files[verify.MANIFEST] = verify.manifest(wave.code, files)
    try:
        verify.verify(files, commitment.digest)
    except DrawError as error:
        raise errors.DrawDoesNotVerify(reason=error) from None
    return files


def publish_draw(*, wave: Wave, folder: Path, actor: Actor | str) -> str:
    """Write the four files of a draw into ``folder``; return the digest of ``roots.json``."""
    files = public_files(wave)
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    audit.record(actor, "sampling.publish", wave=wave.code)
    return _committed(wave).digest


def list_proof(*, wave: Wave, agency_code: str, actor: Actor | str) -> bytes:
    """Return an agency's own list as it was committed to, with the first salts only.

    Nothing of the draw goes into it: it is the same before the draw and after.

    Raises:
        NotCommitted: the lists are open.
        NoSuchAgency: the wave has no lists of the agency.
    """
    _committed(wave)
    agency = _agency(wave, agency_code)
    rows = tuple(person.row for person in frame_units(wave, agency))
    audit.record(actor, "sampling.proof", wave=wave.code, agency=agency.code)
    return proofs.ListProof(wave.code, agency.code, rows).content()


def auditor_links(*, wave: Wave, actor: Actor | str) -> bytes:
    """Return the second salts of everybody: who holds them and a list knows who was drawn.

    Raises:
        NotCommitted: the lists are open.
    """
    _committed(wave)
    rows = [
        _link(agency, person)
        for agency in agencies_of(wave)
        for person in frame_units(wave, agency)
    ]
    audit.record(actor, "sampling.link", wave=wave.code, links=len(rows))
    return proofs.link_file(rows)


def _link(agency: Agency, person: FrameUnit) -> tuple[str, str, str, str]:
    unit = person.unit
    return agency.code, unit.stratum, unit.leaf.hex(), person.unit_salt.hex()


def _committed(wave: Wave) -> FrameCommitment:
    commitment = commitment_of(wave)
    if commitment is None:
        raise errors.NotCommitted(wave=wave.code)
    return commitment


def _agency(wave: Wave, code: str) -> Agency:
    for agency in agencies_of(wave):
        if agency.code == code:
            return agency
    raise errors.NoSuchAgency(wave=wave.code, agency=code)
