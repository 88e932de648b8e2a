"""Reads the rows of a CSV file one at a time, as any office program writes it. No Django here."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from io import TextIOWrapper
from typing import BinaryIO, TextIO

from espi.contact.frame.bounds import MEGABYTE, Bounds, Unreadable

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def text_rows(source: BinaryIO, bounds: Bounds) -> Iterator[list[str]]:
    """Return the rows of a CSV file, the empty ones too.

    Raises:
        Unreadable: it is not text, or a cell or row is larger than the bounds allow.
    """
    encoding = _encoding(source)
    source.seek(0)
    text = TextIOWrapper(source, encoding, newline="")
    beginning = text.read(MEGABYTE).lstrip("\ufeff\r\n ")
    delimiter = max(",;\t", key=beginning.split("\n", 1)[0].count)
    text.seek(0)
    csv.field_size_limit(bounds.cell)
    rows = csv.reader(_lines(text, bounds), delimiter=delimiter)
    number = 0
    try:
        for number, row in enumerate(rows, start=1):
            if len(row) > bounds.columns:
                raise Unreadable("TooManyColumns", row=number, most=bounds.columns)
            yield [cell.strip() for cell in row]
    except csv.Error as error:
        if "field larger" in str(error):
            raise Unreadable("CellTooLong", row=number + 1, most=bounds.cell) from None
        raise Unreadable("NotASpreadsheet") from None


def _lines(text: TextIO, bounds: Bounds) -> Iterator[str]:
    """Return the lines of a file; a line that never ends is refused before it fills the memory."""
    most = bounds.columns * bounds.cell
    number = 1
    while line := text.readline(most + 1):
        if len(line) > most:
            raise Unreadable("CellTooLong", row=number, most=bounds.cell)
        yield line
        number += 1


def _encoding(source: BinaryIO) -> str:
    """Return the encoding of the whole file, found by decoding it piece by piece."""
    encodings = ("utf-16",) if source.read(2) in UTF_16 else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            _refuse_undecodable(source, encoding)
        except UnicodeDecodeError:
            continue
        return encoding
    raise Unreadable("UnreadableText")


def _refuse_undecodable(source: BinaryIO, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    source.seek(0)
    while piece := source.read(MEGABYTE):
        if "\x00" in decoder.decode(piece):
            raise Unreadable("NotASpreadsheet")
    decoder.decode(b"", final=True)
