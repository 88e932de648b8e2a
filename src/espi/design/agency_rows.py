"""Reads the agencies of a wave, ``agencies.csv`` of the design folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from espi.design.errors import DesignFileFaulty
from espi.design.models import Agency
from espi.design.tables import ADDRESS_CODE, Row, read_table, refuse_codes, split_cell

FILE = "agencies.csv"
COLUMNS = ("code", "name", "type", "sector")


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A row of ``agencies.csv``.

    Attributes:
        formerly: codes that the agency had in earlier waves; several where agencies were merged.
    """

    code: str
    name: str
    type: str
    sector: str
    formerly: tuple[str, ...]


def read_agencies(directory: Path) -> tuple[AgencyRow, ...]:
    """Return the agencies of a wave.

    Raises:
        DesignFileFaulty: an unknown type, or a code that does not fit or is both new and former.
    """
    agencies = tuple(map(_agency, read_table(directory / FILE, COLUMNS)))
    refuse_codes(FILE, "code", (row.code for row in agencies), ADDRESS_CODE)
    codes = {row.code for row in agencies}
    for row in agencies:
        if still := codes.intersection(row.formerly):
            reason = f"{row.code}: its former code {min(still)!r} is an agency of this wave, too"
            raise DesignFileFaulty(file=FILE, reason=reason)
    return agencies


def renamed(agencies: Sequence[AgencyRow], code: str) -> list[str]:
    """Return what the agency of an earlier wave is called in this one; nothing if it is unknown."""
    return [row.code for row in agencies if code in row.formerly]


def _agency(row: Row) -> AgencyRow:
    if row["type"] not in Agency.Type.values:
        raise DesignFileFaulty(file=FILE, reason=f"unknown type {row['type']!r}")
    formerly = split_cell(row.get("formerly", ""))
    return AgencyRow(row["code"], row["name"], row["type"], row["sector"], formerly)
