"""Reads a list in a process with limits, and writes each row as a line of JSON. No Django here.

The first line is ``{"header": [...]}``, or ``{"refused": kind, "facts": {...}}`` and nothing
follows. Each further line is ``[number in the file, {column: cell}]``, where the header is row 1.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from espi.contact.frame.bounds import Bounds, Unreadable, bounds_from
from espi.contact.frame.columns import COLUMNS, canonical
from espi.contact.frame.plain_text import text_rows
from espi.contact.frame.workbook import workbook_rows
from espi.platform.cells import unguard

COMPOUND, PACKED = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # stream that holds a workbook with a password
NAMES_SHOWN = 300  # characters of the header in a refusal


def read(bounds: str, source: BinaryIO, output: BinaryIO) -> None:
    """Read a list, whose kind its content decides and not its name, and write its rows."""
    allowed = bounds_from(bounds)
    try:
        output.writelines(map(_line, _table(_rows(source, allowed), allowed)))
    except Unreadable as refused:
        output.seek(0)
        output.truncate()
        output.write(_line({"refused": refused.kind, "facts": refused.facts}))


def _line(content: object) -> bytes:
    return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace") + b"\n"


def _rows(source: BinaryIO, bounds: Bounds) -> Iterator[list[str]]:
    beginning = source.read(4096)
    if beginning.startswith(COMPOUND):
        source.seek(0)
        # Excel 97 to 2003 packs its workbooks so, and every Excel one that has a password.
        if ENCRYPTED in source.read():
            raise Unreadable("WorkbookUnreadable")
        raise Unreadable("OtherWorkbook", kind="XLS")
    if beginning.removeprefix(BOM_UTF8).lstrip().startswith(b"<"):
        kind = "XML" if b"<?xml" in beginning else "HTML"
        raise Unreadable("OtherWorkbook", kind=kind)
    source.seek(0)
    if beginning.startswith(PACKED):
        return workbook_rows(source, bounds)
    return text_rows(source, bounds)


def _table(rows: Iterator[list[str]], bounds: Bounds) -> Iterator[object]:
    """Return the header, and the cells of each row under the template's names."""
    numbered = ((number, row) for number, row in enumerate(rows, start=1) if any(row))
    _number, header = next(numbered, (0, None))
    if header is None:
        raise Unreadable("FileEmpty")
    # Reversed, so that of two columns of one name the first one counts.
    positions = {canonical(name): at for at, name in reversed(list(enumerate(header)))}
    if missing := [name for name in COLUMNS if name not in positions]:
        names = ", ".join(name for name in header if name) or "–"
        raise Unreadable("ColumnsMissing", missing=", ".join(missing), found=names[:NAMES_SHOWN])
    yield {"header": header}
    count = 0
    for number, row in numbered:
        count += 1
        if count > bounds.rows:
            raise Unreadable("TooManyRows", rows=count, most=bounds.rows)
        yield [number, _named(row, positions)]
    if not count:
        raise Unreadable("FileEmpty")


def _named(row: Sequence[str], positions: dict[str, int]) -> dict[str, str]:
    """Return the cells of a row by column; cells that a short row lacks are empty."""
    return {
        name: unguard(row[positions[name]]) if positions[name] < len(row) else ""
        for name in COLUMNS
    }
