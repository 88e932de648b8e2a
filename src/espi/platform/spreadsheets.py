"""Tables for the spreadsheet of an office: a workbook, or CSV as Excel in Indonesia reads it.

Excel takes the separator and the decimal sign of a CSV file from the country that it is set to.
Where that is Indonesia it splits cells at semicolons and reads ``71.35`` as text, or as a date.
A workbook has neither question. The CSV with commas and points stays what programs read.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from io import BytesIO, StringIO
from math import isfinite

from espi.platform.cells import safe_cell

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A workbook names the moment it was made. Two downloads of one table must be the same to the byte.
CREATED = datetime(2000, 1, 1, tzinfo=UTC)
MOST_ROWS = 1_048_575  # of a sheet below its header; the format holds no more
WIDEST = 60  # characters of a column; longer cells are cut on the screen, not in the file


def semicolon_text(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, line_end: str = "\r\n"
) -> str:
    """Return the rows as CSV with semicolons and decimal commas, guarded, after a byte order mark.

    Args:
        header: names of the columns.
        rows: texts and numbers; None is an empty cell.
        line_end: between rows.
    """
    out = StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator=line_end)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([_with_comma(cell) for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


def _with_comma(cell: object) -> object:
    return str(cell).replace(".", ",") if isinstance(cell, float) else safe_cell(cell)


def workbook(header: Sequence[str], rows: Iterable[Sequence[object]], sheet: str) -> bytes:
    """Return the rows as an XLSX file: numbers as numbers, text as text, no cell a formula.

    Args:
        header: names of the columns.
        rows: texts and numbers; None, and a number that is none, are empty cells.
        sheet: name of the sheet, at most 31 characters.
    """
    import xlsxwriter  # slow to import, and few commands write a workbook

    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    widths = [len(name) for name in header]
    with xlsxwriter.Workbook(out, options) as book:
        book.set_properties({"created": CREATED})
        page = book.add_worksheet(sheet)
        page.write_row(
            0, 0, [str(safe_cell(name)) for name in header], book.add_format({"bold": True})
        )
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                widths[column] = max(widths[column], len(str(cell)))
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    if isfinite(cell):
                        page.write_number(number, column, cell)
                elif cell is not None:
                    page.write_string(number, column, str(safe_cell(str(cell))))
        for column, width in enumerate(widths):
            page.set_column(column, column, min(width, WIDEST) + 2)
        page.freeze_panes(1, 0)
    return out.getvalue()
