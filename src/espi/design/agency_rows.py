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
LAST_TILE = 99  # column or row of the tile map: a nation of tiles is no wider than a page


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A row of ``agencies.csv``.

    Attributes:
        formerly: codes that the agency had in earlier waves; several where agencies were merged.
        margin_of_error: per group, 0–1, where it is another than that of the wave.
        province: name of its province; "" where the file does not say.
        tile: column and row on the tile map of the nation; None where the file does not say.
    """

    code: str
    name: str
    type: str
    sector: str
    formerly: tuple[str, ...] = ()
    margin_of_error: float | None = None
    province: str = ""
    tile: tuple[int, int] | None = None


def read_agencies(directory: Path) -> tuple[AgencyRow, ...]:
    """Return the agencies of a wave.

    Raises:
        DesignFileFaulty: an unknown type, a code that does not fit or is both new and former, a
            margin out of range, or a place on the map that is none or taken.
    """
    agencies = tuple(map(_agency, read_table(directory / FILE, COLUMNS)))
    refuse_codes(FILE, "code", (row.code for row in agencies), ADDRESS_CODE)
    codes = {row.code for row in agencies}
    for row in agencies:
        if still := codes.intersection(row.formerly):
            reason = f"{row.code}: its former code {min(still)!r} is an agency of this wave, too"
            raise DesignFileFaulty(file=FILE, reason=reason)
    _refuse_shared_tiles(agencies)
    return agencies


def renamed(agencies: Sequence[AgencyRow], code: str) -> list[str]:
    """Return what the agency of an earlier wave is called in this one; nothing if it is unknown."""
    return [row.code for row in agencies if code in row.formerly]


def _agency(row: Row) -> AgencyRow:
    if row["type"] not in Agency.Type.values:
        raise DesignFileFaulty(file=FILE, reason=f"unknown type {row['type']!r}")
    formerly = split_cell(row.get("formerly", ""))
    margin = _margin(row["code"], row.get("margin_of_error") or "")
    return AgencyRow(
        code=row["code"],
        name=row["name"],
        type=row["type"],
        sector=row["sector"],
        formerly=formerly,
        margin_of_error=margin,
        province=row.get("province", "").strip(),
        tile=_tile(row),
    )


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


def _tile(row: Row) -> tuple[int, int] | None:
    x, y = (row.get(column, "").strip() for column in ("tile_x", "tile_y"))
    if not x and not y:
        return None
    if not all(text.isdecimal() and int(text) <= LAST_TILE for text in (x, y)):
        reason = (
            f"{row['code']}: tile_x and tile_y must both be whole numbers from 0 to {LAST_TILE}, "
            "or both be empty"
        )
        raise DesignFileFaulty(file=FILE, reason=reason)
    return int(x), int(y)


def _refuse_shared_tiles(agencies: Sequence[AgencyRow]) -> None:
    """Refuse two agencies on one tile: one would cover the other."""
    seen: dict[tuple[int, int], str] = {}
    for row in agencies:
        if row.tile and (first := seen.setdefault(row.tile, row.code)) != row.code:
            reason = f"{first} and {row.code} have the same tile {row.tile[0]}, {row.tile[1]}"
            raise DesignFileFaulty(file=FILE, reason=reason)
