"""The program that reads a list within limits: rows in, one line of JSON each out. No Django here.

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
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")  # stream in which a workbook with a password is
NAMES_SHOWN = 300  # characters of the header in a refusal


def read(bounds: str, source: BinaryIO, output: BinaryIO) -> None:
    """Read a list, judged by its content and not by its name, and write what it holds."""
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
    places = {canonical(name): at for at, name in reversed(list(enumerate(header)))}
    if missing := [name for name in COLUMNS if name not in places]:
        found = ", ".join(name for name in header if name) or "–"
        raise Unreadable("ColumnsMissing", missing=", ".join(missing), found=found[:NAMES_SHOWN])
    yield {"header": header}
    count = 0
    for number, row in numbered:
        count += 1
        if count > bounds.rows:
            raise Unreadable("TooManyRows", rows=count, most=bounds.rows)
        yield [number, _named(row, places)]
    if not count:
        raise Unreadable("FileEmpty")


def _named(row: Sequence[str], places: dict[str, int]) -> dict[str, str]:
    return {name: unguard(row[places[name]]) if places[name] < len(row) else "" for name in COLUMNS}
