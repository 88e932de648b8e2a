"""Writes a list in one of the formats in which lists arrive."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time
from pathlib import Path

import xlsxwriter

from espi.rehearsal.nation.template import COLUMNS, Row

CREATED = datetime(2026, 6, 1, tzinfo=UTC).replace(tzinfo=None)  # a workbook knows no time zone
FLAVOURS = ("xlsx", "csv", "csv-semicolon", "csv-cp1252")


def write_list(path: Path, rows: list[Row], flavour: str) -> Path:
    """Write ``rows`` under the template's header and return the file with its ending."""
    if flavour == "xlsx":
        return _write_workbook(path.with_name(f"{path.name}.xlsx"), rows)
    target = path.with_name(f"{path.name}.csv")
    encoding = {"csv": "utf-8", "csv-semicolon": "utf-8-sig", "csv-cp1252": "cp1252"}[flavour]
    with target.open("w", encoding=encoding, newline="") as lines:
        writer = csv.writer(lines, delimiter="," if flavour == "csv" else ";")
        writer.writerow(COLUMNS)
        writer.writerows(row.cells for row in rows)
    return target


def _write_workbook(target: Path, rows: list[Row]) -> Path:
    with xlsxwriter.Workbook(target, {"constant_memory": False}) as book:
        book.set_properties({"title": "Daftar populasi (latihan)", "created": CREATED})
        sheet = book.add_worksheet("Daftar")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        sheet.write_row(0, 0, COLUMNS)
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row.cells):
                if isinstance(cell, date):
                    sheet.write_datetime(line, column, datetime.combine(cell, time()), day)
                elif isinstance(cell, int):
                    sheet.write_number(line, column, cell)
                elif cell:
                    sheet.write_string(line, column, cell)
    return target
