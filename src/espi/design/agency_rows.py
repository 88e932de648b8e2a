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
        margin_of_error: per group, 0–1, where it is another than that of the wave.
    """

    code: str
    name: str
    type: str
    sector: str
    formerly: tuple[str, ...] = ()
    margin_of_error: float | None = None


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
    margin = _margin(row["code"], row.get("margin_of_error") or "")
    return AgencyRow(row["code"], row["name"], row["type"], row["sector"], formerly, margin)


def _margin(agency: str, text: str) -> float | None:
    """Return the margin of an agency; the column may be missing, and its cells empty."""
    if not text.strip():
        return None
    try:
        margin = float(text)
    except ValueError:
        margin = 0.0
    if not 0 < margin < 1:
        reason = (
            f"{agency}: margin_of_error {text!r} must lie between 0 and 1, with a point: 0.05; "
            "empty for that of the wave"
        )
        raise DesignFileFaulty(file=FILE, reason=reason)
    return margin
