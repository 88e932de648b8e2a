"""Files that make a reader ask for too much, small enough to be made in a test."""

from __future__ import annotations

from io import BytesIO

import xlsxwriter

from espi.contact.frame.columns import COLUMNS

HEADER = ",".join(COLUMNS).encode() + b"\n"


def stray(row, column, text=" "):
    """A workbook of a header, a row and one cell far away; row and column count from 0."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        sheet.write_row(1, 0, ["Sari Contoh"])
        sheet.write_string(row, column, text)
    return out.getvalue()


def shared(length, times):
    """A workbook in which many cells share one long text: it is small, and grows when read."""
    out = BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, COLUMNS)
        for row in range(1, times // 9 + 1):
            for column in range(9):
                sheet.write_string(row, column, "x" * length)
    return out.getvalue()


def many_lines(count):
    """A list of a header and lines of one letter."""
    return HEADER + b"a\n" * count


def one_row(cells):
    """A list of one row of many cells, on many lines."""
    return HEADER + b'"\n",' * cells
