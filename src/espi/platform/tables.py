"""Tables that leave as files, made harmless for the spreadsheet that opens them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.http import HttpResponse

from espi.platform import cells
from espi.platform.cells import safe_cell
from espi.platform.spreadsheets import XLSX, workbook

__all__ = ["csv_response", "csv_text", "safe_cell", "workbook_response"]


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return the rows as CSV with a byte order mark, so that Excel reads the accents."""
    return "\ufeff" + cells.csv_text(header, rows)


def csv_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return the rows as a file to keep."""
    response = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def workbook_response(
    name: str, header: Sequence[str], rows: Iterable[Sequence[object]]
) -> HttpResponse:
    """Return the rows as a workbook to keep: what Excel opens without a question (decision 93)."""
    response = HttpResponse(workbook(header, rows, "Data"), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
