"""Reads the rows of a list out of a file of unknown making. No macro is ever run."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from espi.contact.frame import errors
from espi.contact.frame.columns import COLUMNS, canonical

MOST_MEGABYTES = 50
MOST_UNPACKED = 500 * 1024 * 1024
MOST_ROWS = 200_000
OLD_EXCEL, PACKED = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """What a file holds.

    Attributes:
        header: the columns as the file names them.
        rows: number in the file (the header is row 1), and cells by canonical column.
    """

    header: list[str]
    rows: list[tuple[int, Row]]


def read_table(content: bytes) -> Table:
    """Return the rows of a CSV or XLSX file, judged by its content and not by its name.

    Raises:
        Refusal: one of this package's, saying what is wrong with the file and how to mend it.
    """
    if len(content) > MOST_MEGABYTES * 1024 * 1024:
        raise errors.FileTooLarge(size=len(content) // 1024 // 1024, most=MOST_MEGABYTES)
    if not content.strip():
        raise errors.FileEmpty
    if content.startswith(OLD_EXCEL):
        raise errors.WorkbookUnreadable
    lines = _workbook(content) if content.startswith(PACKED) else _text(content)
    return _table(lines)


def _workbook(content: bytes) -> list[list[str]]:
    try:
        with ZipFile(BytesIO(content)) as packed:
            names = packed.namelist()
            unpacked = sum(entry.file_size for entry in packed.infolist())
        if any("vbaproject" in name.lower() for name in names):
            raise errors.HasMacros
        if unpacked > MOST_UNPACKED:
            raise errors.FileTooLarge(size=unpacked // 1024 // 1024, most=MOST_MEGABYTES)
        if not any(name.startswith("xl/") for name in names):
            raise errors.NotASpreadsheet
        book = CalamineWorkbook.from_filelike(BytesIO(content))
        sheet = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (BadZipFile, CalamineError, IndexError, ValueError):
        raise errors.WorkbookUnreadable from None
    return [[_cell(value) for value in row] for row in sheet]


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()


def _text(content: bytes) -> list[list[str]]:
    text = _decoded(content)
    if "\x00" in text:
        raise errors.NotASpreadsheet
    first = text.lstrip("\ufeff\r\n ").split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    try:
        return [
            [cell.strip() for cell in row]
            for row in csv.reader(StringIO(text), delimiter=delimiter)
        ]
    except csv.Error:
        raise errors.NotASpreadsheet from None


def _decoded(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: Sequence[str] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise errors.UnreadableText


def _table(lines: Iterable[list[str]]) -> Table:
    numbered = [(number, row) for number, row in enumerate(lines, start=1) if any(row)]
    if not numbered:
        raise errors.FileEmpty
    (_number, header), *body = numbered
    places = {canonical(name): at for at, name in reversed(list(enumerate(header)))}
    if missing := [name for name in COLUMNS if name not in places]:
        found = ", ".join(name for name in header if name) or "–"
        raise errors.ColumnsMissing(missing=", ".join(missing), found=found[:300])
    if not body:
        raise errors.FileEmpty
    if len(body) > MOST_ROWS:
        raise errors.TooManyRows(rows=len(body), most=MOST_ROWS)
    return Table(header, [(number, _named(row, places)) for number, row in body])


def _named(row: Sequence[str], places: dict[str, int]) -> Row:
    return {name: row[places[name]] if places[name] < len(row) else "" for name in COLUMNS}
