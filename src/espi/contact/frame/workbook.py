"""Reads the rows of a workbook (XLSX), after measuring it. No macro is ever run. No Django here.

The library that reads workbooks builds the whole rectangle from A1 to the last used cell, and
writes a text that a thousand cells share a thousand times. A file of two kilobytes can ask for
hundreds of gigabytes so. The sheet is therefore measured first, by an XML parser that keeps
nothing of it.
"""

from __future__ import annotations

import posixpath
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import BinaryIO
from xml.parsers import expat
from zipfile import BadZipFile, ZipFile

from python_calamine import CalamineError, CalamineWorkbook

from espi.contact.frame.bounds import MEGABYTE, Bounds, Unreadable
from espi.contact.frame.measuring import Links, Part, Sheet, Sheets, Strings, parse

OTHER_KINDS = {
    "xl/workbook.bin": "XLSB",
    "content.xml": "ODS",  # OpenDocument keeps its content under this name
}

DAMAGED = (  # what a file can make the readers of ZIP and XML raise
    BadZipFile, expat.ExpatError, zlib.error, EOFError, LookupError, NotImplementedError,
    RuntimeError, ValueError,
)  # fmt: skip


def workbook_rows(source: BinaryIO, bounds: Bounds) -> Iterator[list[str]]:
    """Return the rows of the first sheet, the empty ones too.

    Raises:
        Unreadable: the file is no workbook of this kind, or larger than the bounds allow.
    """
    try:
        with ZipFile(source) as packed:
            _measure(packed, _parts(packed, bounds), bounds)
    except DAMAGED:
        raise Unreadable("WorkbookUnreadable") from None
    source.seek(0)
    for row in _sheet_rows(source):
        yield [_cell(value) for value in row]


def _parts(packed: ZipFile, bounds: Bounds) -> dict[str, str]:
    """Return the parts of a workbook by their names in lower case, after a check of their sizes."""
    names = packed.namelist()
    parts = {name.lower(): name for name in names}
    if any("vbaproject" in name for name in parts):
        raise Unreadable("HasMacros")
    for part, kind in OTHER_KINDS.items():
        if part in parts:
            raise Unreadable("OtherWorkbook", kind=kind)
    if not any(name.startswith("xl/") for name in parts):
        raise Unreadable("NotASpreadsheet")
    unpacked = sum(entry.file_size for entry in packed.infolist())
    if unpacked > bounds.unpacked:
        most = bounds.unpacked // MEGABYTE
        raise Unreadable("FileTooLarge", size=unpacked // MEGABYTE, most=most)
    if len(parts) != len(names):
        # Two parts of one name: it is not certain that both readers would take the same one.
        raise Unreadable("WorkbookUnreadable")
    return parts


def _measure(packed: ZipFile, parts: dict[str, str], bounds: Bounds) -> None:
    """Refuse a workbook that would take more to build than the bounds allow."""
    root, links, sheets, shared = Links(), Links(), Sheets(), Strings()

    def measure(name: str, into: Part) -> None:
        with packed.open(parts[name.lower()]) as part:
            parse(part, into)

    measure("_rels/.rels", root)
    book = _path("", root.of_type["officeDocument"])
    folder, _, name = book.rpartition("/")
    measure(book, sheets)
    measure(f"{folder}/_rels/{name}.rels", links)
    if "sharedStrings" in links.of_type:
        strings = _path(folder, links.of_type["sharedStrings"])
        if strings.lower() in parts:  # some programs name a part that they do not write
            measure(strings, shared)
    measure(_path(folder, links.targets[sheets.ids[0]]), Sheet(bounds, shared.lengths))


def _path(folder: str, target: str) -> str:
    """Return the name of a part from a relation of a part in a folder."""
    return posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/")


def _sheet_rows(source: BinaryIO) -> Iterator[Sequence[object]]:
    """Return the rows as the library reads them, from row 1 on.

    The library is written in Rust: on a damaged file it can panic, and its panic is not an
    ``Exception`` but a ``BaseException``. It is refused like any other damaged file.
    """
    try:
        book = CalamineWorkbook.from_filelike(source)
        yield from book.get_sheet_by_index(0).iter_rows()
    except MemoryError:
        raise  # of the limit: ``confined`` names it to the parent
    except (CalamineError, IndexError, ValueError):
        raise Unreadable("WorkbookUnreadable") from None
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("WorkbookUnreadable") from None


def _cell(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
