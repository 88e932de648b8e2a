"""Writes the population lists of the whole nation: same seed, same bytes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random

from espi.rehearsal.nation.design import (
    GROUPS,
    LARGE,
    SHORT,
    FictionalAgency,
    agencies,
    opens_on,
)
from espi.rehearsal.nation.dirt import soil
from espi.rehearsal.nation.files import FLAVOURS, write_list
from espi.rehearsal.nation.handwriting import handwrite
from espi.rehearsal.nation.people import Resident, clean_row
from espi.rehearsal.nation.template import BLANK, Row

SIZES = {"internal": (450, 640), "external": (580, 820), "expert": (18, 22)}
LARGE_SIZES = {"internal": (2_080, 2_140), "external": (1_180, 1_220), "expert": (18, 22)}
SHORT_SIZE = (6, 7)
WITHIN, ACROSS = 0.015, 0.006  # shares of rows typed twice, in this list and in a later one


@dataclass(frozen=True, slots=True)
class PopulationList:
    """A file as delivered, and what was put into it.

    Attributes:
        rows: lines with something in them, header not counted.
        dirt: lines per kind of dirt, ``repeated`` and ``elsewhere`` among them.
    """

    path: Path
    agency: str
    group: str
    rows: int
    dirt: Counter[str] = field(default_factory=Counter)


def generate(seed: str, directory: Path) -> list[PopulationList]:
    """Write one list per agency and group as ``<agency>.<group>.(csv|xlsx)``."""
    directory.mkdir(parents=True, exist_ok=True)
    lists = _ListsSoFar(seed, opens_on())
    flavours = Random(f"{seed}|flavours")  # noqa: S311 a reproducible nation, no secret
    return [
        _deliver(directory, lists, agency, group, flavours.choice(FLAVOURS))
        for agency in agencies()
        for group in GROUPS
    ]


@dataclass(slots=True)
class _ListsSoFar:
    """What one list knows of the lists before it."""

    seed: str
    reference: date
    residents: int = 0
    movers: list[Row] = field(default_factory=list)

    def resident(self, agency: FictionalAgency, group: str) -> Resident:
        self.residents += 1
        return Resident(self.residents, group, agency)


def _deliver(
    directory: Path, lists: _ListsSoFar, agency: FictionalAgency, group: str, flavour: str
) -> PopulationList:
    rng = Random(f"{lists.seed}|{agency.code}|{group}")  # noqa: S311 as above
    dirt: Counter[str] = Counter()
    rows = _rows(lists, agency, group, rng, dirt)
    typed = [handwrite(row, rng, spreadsheet=flavour == "xlsx") for row in rows]
    blank = [BLANK] * rng.randrange(3, 9)
    path = write_list(directory / f"{agency.code}.{group}", typed + blank, flavour)
    return PopulationList(path, agency.code, group, len(rows), dirt)


def _rows(
    lists: _ListsSoFar, agency: FictionalAgency, group: str, rng: Random, dirt: Counter[str]
) -> list[Row]:
    rows: list[Row] = []
    for _ in range(_size(agency.code, group, rng)):
        clean = clean_row(lists.resident(agency, group), lists.reference, rng)
        row, kind = soil(clean, group, lists.reference, rng)
        rows.append(row)
        if kind:
            dirt[kind] += 1
        elif group != "expert" and rng.random() < WITHIN:
            rows.append(row.but(nama=row.nama.upper()))
            dirt["repeated"] += 1
        elif group != "expert" and rng.random() < ACROSS:
            lists.movers.append(row)
    if group == "expert":
        rows.append(rows[0].but(email=""))
        dirt["repeated"] += 1
        return rows
    arrived = _arrivals(lists, agency, group, rng)
    dirt["elsewhere"] += len(arrived)
    return rows + arrived


def _size(agency: str, group: str, rng: Random) -> int:
    """Return how many people are on a list before anybody is typed twice."""
    least, most = (LARGE_SIZES if agency == LARGE else SIZES)[group]
    if (agency, group) == SHORT:
        least, most = SHORT_SIZE
    return rng.randrange(least, most + 1)


def _arrivals(lists: _ListsSoFar, agency: FictionalAgency, group: str, rng: Random) -> list[Row]:
    """Return rows of earlier lists whose people stand on this one as well."""
    if group != "external":
        return []
    coming, lists.movers = lists.movers[:4], lists.movers[4:]
    used = lists.reference.replace(month=3)
    arrived = []
    for row in coming:
        service = rng.choice(agency.services)
        arrived.append(
            row.but(
                unit=service.unit,
                jabatan="",
                mulai_bekerja="",
                layanan=service.name,
                tanggal_layanan=used,
            )
        )
    return arrived
