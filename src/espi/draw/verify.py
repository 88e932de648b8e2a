"""Replays a published draw from its four files, and names the first thing that is wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from espi.draw import canonical, record
from espi.draw import roots as committed
from espi.draw.commitment import draw_root
from espi.draw.errors import DoesNotFit, FileFaulty
from espi.draw.record import Ceremony, Frame
from espi.draw.roots import AgencyRoots, Roots, read_hex
from espi.method.sampling.planning import StratumPlan

FRAME, MANIFEST = "frame.csv", "manifest.json"
COLUMNS = ("agency", "stratum", "unit")
HASHED = (record.NAME, FRAME, committed.NAME)
FILES = (*HASHED, MANIFEST)
MANIFEST_FORMAT = "espi/v1/manifest"


@dataclass(frozen=True, slots=True)
class Verified:
    """A published draw that passed every check."""

    roots: Roots
    ceremony: Ceremony
    plan: list[StratumPlan]

    def invited(self, agency: str) -> int:
        """Return how many people of an agency were drawn."""
        return sum(row.invited for row in self.plan if row.agency == agency)


def frame_file(rows: list[tuple[str, str, str]]) -> bytes:
    """Return ``frame.csv``: agency, stratum and unit id of everybody who could be drawn."""
    return canonical.table(COLUMNS, rows)


def manifest(wave: str, files: Mapping[str, bytes]) -> bytes:
    """Return ``manifest.json``: SHA-256 of each other file."""
    hashes = {name: canonical.digest(files[name]) for name in HASHED}
    return canonical.document({"format": MANIFEST_FORMAT, "wave": wave, "files": hashes})


def read_folder(folder: Path) -> dict[str, bytes]:
    """Return the four files of a published draw.

    Raises:
        FileFaulty: one is not there or cannot be read.
    """
    files = {}
    for name in FILES:
        try:
            files[name] = (folder / name).read_bytes()
        except OSError as error:
            raise FileFaulty(name, error.strerror or error) from None
    return files


def verify(files: Mapping[str, bytes], root: str = "") -> Verified:
    """Check everything that can be checked of a draw without any person's data.

    Args:
        files: content by name, of the four files.
        root: the digest of ``roots.json`` as an observer noted it before the seed; empty: unknown.

    Raises:
        DrawError: the first thing that is wrong.
    """
    _check_manifest(files)
    roots = committed.read_roots(files[committed.NAME])
    if files[MANIFEST] != manifest(roots.wave, files):
        raise DoesNotFit(f"{MANIFEST}: it is not the manifest of these files")
    if root and roots.digest != root.strip().lower():
        raise DoesNotFit(
            f"{committed.NAME}: its digest is {roots.digest}, which is not the noted one"
        )
    frame = _frame(roots, files[FRAME])
    ceremony = record.check_record(files[record.NAME], roots, frame)
    return Verified(roots, ceremony, record.plan_of(roots))


def _check_manifest(files: Mapping[str, bytes]) -> None:
    hashes = canonical.read_document(MANIFEST, files[MANIFEST]).get("files")
    if not isinstance(hashes, dict):
        raise FileFaulty(MANIFEST, "it names no files")
    for name in HASHED:
        if hashes.get(name) != canonical.digest(files[name]):
            raise DoesNotFit(f"{name}: it is not the file that {MANIFEST} names")


def _frame(roots: Roots, content: bytes) -> Frame:
    by_agency: dict[str, list[tuple[bytes, str]]] = {agency.agency: [] for agency in roots.agencies}
    frame: dict[str, list[str]] = {}
    seen: set[str] = set()
    for agency, stratum, unit in canonical.read_table(FRAME, COLUMNS, content):
        try:
            by_agency[agency].append((bytes.fromhex(read_hex(unit)), stratum))
        except KeyError:
            raise DoesNotFit(f"{FRAME}: agency {agency} is not in {committed.NAME}") from None
        except ValueError as error:
            raise FileFaulty(FRAME, error) from None
        if unit in seen:
            raise DoesNotFit(f"{FRAME}: unit {unit} is repeated")
        seen.add(unit)
        frame.setdefault(stratum, []).append(unit)
    for agency_roots in roots.agencies:
        _check_agency(agency_roots, by_agency[agency_roots.agency])
    return frame


def _check_agency(expected: AgencyRoots, units: list[tuple[bytes, str]]) -> None:
    sizes = Counter(stratum for _unit, stratum in units)
    for count in expected.strata:
        if sizes[count.code] != count.eligible:
            raise DoesNotFit(
                f"{FRAME}: {expected.agency}: stratum {count.code} has {sizes[count.code]} people, "
                f"{committed.NAME} has {count.eligible}"
            )
    if len(units) != expected.eligible:
        raise DoesNotFit(
            f"{FRAME}: {expected.agency}: people of a stratum that is not committed to"
        )
    if draw_root(units) != expected.draw_root:
        raise DoesNotFit(
            f"{FRAME}: {expected.agency}: the units do not give the committed draw root"
        )
