"""Files that leave the frame: returned rows and empty templates, as CSV or as a workbook."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from espi.platform.tables import csv_text, safe_cell

CSV, XLSX = "csv", "xlsx"
MIME = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class ListTable:
    """A table that leaves as a file.

    Attributes:
        header: names of the columns.
        rows: as many cells each as the header has.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def render(kind: str, table: ListTable) -> bytes:
    """Return a table as a file of this kind; no cell is ever a formula."""
    if kind == CSV:
        return csv_text(table.header, table.rows).encode("utf-8")
    import xlsxwriter  # slow to import, and few commands write a workbook

    out = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(out, options) as book:
        sheet = book.add_worksheet("Daftar")
        bold, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet.set_column(0, len(table.header) - 1, 22, text)
        sheet.write_row(0, 0, table.header, bold)
        for number, row in enumerate(table.rows, start=1):
            for column, cell in enumerate(row):
                sheet.write_string(number, column, str(safe_cell(cell)))
        sheet.freeze_panes(1, 0)
    return out.getvalue()
