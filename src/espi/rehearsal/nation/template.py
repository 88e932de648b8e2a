"""The columns of a population list, as the liaisons' template has them."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from datetime import date

COLUMNS = (
    "nama",
    "nomor_whatsapp",
    "email",
    "unit",
    "jabatan",
    "mulai_bekerja",
    "layanan",
    "tanggal_layanan",
    "bahasa",
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list, cell by cell, as somebody typed it."""

    nama: str = ""
    nomor_whatsapp: str | int = ""
    email: str = ""
    unit: str = ""
    jabatan: str = ""
    mulai_bekerja: str | date = ""
    layanan: str = ""
    tanggal_layanan: str | date = ""
    bahasa: str = ""

    @property
    def cells(self) -> tuple[str | int | date, ...]:
        """The cells in the order of the columns."""
        return tuple(getattr(self, field.name) for field in fields(self))

    def but(self, **cells: str | int | date) -> Row:
        """Return the row with some cells changed."""
        return replace(self, **cells)  # type: ignore[arg-type] # names are columns


BLANK = Row()
