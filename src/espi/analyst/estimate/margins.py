"""Reads the totals of the population that weights are to meet."""

from __future__ import annotations

import csv
from math import isfinite
from pathlib import Path

from espi.csv_separator import separator_of, with_decimal_point
from espi.method.errors import TableUnusable
from espi.method.tables.reweighting import EVERYONE, PopulationTotal

HEADER = ("variable", "category", "total")


def read_margins(path: Path) -> tuple[PopulationTotal, ...]:
    """Return the totals of a CSV file ``variable,category,total`` (docs/reference/files.md).

    Semicolons may separate the cells, and numbers have a decimal comma then.

    Raises:
        TableUnusable: the file is not so; the message names the row.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise TableUnusable(f"{path.name} cannot be read: {error}") from None
    header, *lines = text.splitlines() or [""]
    separator = separator_of(header)
    names = [name.strip().strip('"').lower() for name in header.split(separator)]
    if tuple(names) != HEADER:
        raise TableUnusable(
            f"{path.name}: the first row must be {separator.join(HEADER)}; it is {header!r}."
        )
    totals = [
        _total(path.name, number, [cell.strip() for cell in cells], separator)
        for number, cells in enumerate(csv.reader(lines, delimiter=separator), 2)
        if any(cell.strip() for cell in cells)
    ]
    if not totals:
        raise TableUnusable(f"{path.name} has no totals: a row for each, below the header.")
    _refuse_repeated(path.name, totals)
    return tuple(totals)


def _total(file: str, number: int, cells: list[str], separator: str) -> PopulationTotal:
    if len(cells) != len(HEADER) or not cells[0]:
        raise TableUnusable(
            f"{file}, row {number}: three cells are wanted ({', '.join(HEADER)}), the first of "
            f"them filled; there are {cells}."
        )
    variable, category, written = cells
    try:
        total = float(with_decimal_point(written, separator))
    except ValueError:
        total = float("nan")
    if not isfinite(total) or (category and total <= 0):
        raise TableUnusable(
            f"{file}, row {number}: {cells[2]!r} is no number of people. Write digits, above zero, "
            "without thousands separators."
        )
    if variable == EVERYONE and category:
        raise TableUnusable(
            f"{file}, row {number}: {EVERYONE!r} counts all persons and has no category."
        )
    return PopulationTotal(variable, category or None, total)


def _refuse_repeated(file: str, totals: list[PopulationTotal]) -> None:
    names = [total.name for total in totals]
    if repeated := sorted({name for name in names if names.count(name) > 1}):
        raise TableUnusable(f"{file}: {repeated[0]!r} stands twice. Keep one of its rows.")
    kinds = {(total.variable, total.category is None) for total in totals}
    for variable, summed in sorted(kinds):
        if summed and (variable, False) in kinds:
            raise TableUnusable(
                f"{file}: {variable!r} has a row with a category and one without. Fill in the "
                "category, or remove the row."
            )
