"""What ``espi estimate`` prints: a table for people, CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence

import click
from rich.console import Console
from rich.table import Table

from espi.analyst.estimate.reading import TableFile
from espi.method.tables.differences import Difference
from espi.method.tables.estimates import TableEstimate, TableEstimates
from espi.method.tables.layout import Label
from espi.method.tables.request import Baseline, IntervalKind, Request, Stat
from espi.platform.cells import csv_text
from espi.platform.spreadsheets import semicolon_text

COLUMNS = ("of", "stat", "estimate", "se", "ci_low", "ci_high", "n", "deff", "df")
COMPARED = (
    "of", "stat", "estimate", "se", "ci_low", "ci_high", "covariance", "df", "t", "p", "p_adjusted",
)  # fmt: skip
Cell = Label | None  # of a printed row; None for a number that does not exist


def print_json(file: TableFile, request: Request, result: TableEstimates) -> None:
    """Print for programs; docs/reference/files.md describes the form."""
    rows = [{"by": _labels(row.by)} | _cells(row, COLUMNS) for row in result.estimates]
    answer: dict[str, object] = {"rows": rows, "design": _design(file, request, result)}
    if request.precision.compare:
        answer["differences"] = [
            {"first": _labels(row.first), "second": _labels(row.second)} | _cells(row, COMPARED)
            for row in result.differences
        ]
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def print_csv(_file: TableFile, request: Request, result: TableEstimates) -> None:
    """Print rows with commas; full precision, and no label is a formula in a spreadsheet.

    With ``--compare`` the rows are the differences.
    """
    header, rows = _table(request, result)
    click.echo(csv_text(header, rows, line_end="\n"), nl=False)


def print_excel(_file: TableFile, request: Request, result: TableEstimates) -> None:
    """Print the rows of ``print_csv`` with semicolons and decimal commas."""
    header, rows = _table(request, result)
    click.echo(semicolon_text(header, rows, line_end="\n"), nl=False)


def print_table(file: TableFile, request: Request, result: TableEstimates) -> None:
    """Print for people; differences in a second table."""
    names = _names(result)
    # A file or a pipe has no width of its own: rich would cut the table at 80 columns.
    console = Console(width=None if Console().is_terminal else 160)
    rows = [[*row.by.values(), *_cells(row, COLUMNS).values()] for row in result.estimates]
    console.print(_drawn([*names, *COLUMNS], rows, len(names) + 2))
    if request.precision.compare:
        header, rows = _table(request, result)
        console.print(_drawn(header, rows, 2 * len(names) + 2))
    design = _design(file, request, result)
    console.print(
        f"{design['rows']} rows, {design['strata']} strata, {design['psus']} units; variance: "
        f"{design['variance']}; lonely strata: {design['lonely']}; intervals: {design['interval']}"
    )


def _drawn(header: Sequence[str], rows: Sequence[Sequence[Cell]], labels: int) -> Table:
    """Return a table whose columns after the labels are numbers."""
    table = Table(*header)
    for column in table.columns[labels:]:
        column.justify = "right"
    for row in rows:
        table.add_row(*map(str, row[:labels]), *map(_shown, row[labels:]))
    return table


def _table(request: Request, result: TableEstimates) -> tuple[list[str], list[list[Cell]]]:
    """Return the header and the rows of the one table that a CSV file holds."""
    names = _names(result)
    if not request.precision.compare:
        rows = [
            [*_labels(row.by).values(), *_cells(row, COLUMNS).values()] for row in result.estimates
        ]
        return [*names, *COLUMNS], rows
    header = [*names, *(f"{name} (second)" for name in names), *COMPARED]
    return header, [
        [
            *_labels(row.first).values(),
            *_labels(row.second).values(),
            *_cells(row, COMPARED).values(),
        ]
        for row in result.differences
    ]


def _names(result: TableEstimates) -> list[str]:
    """Return the columns that name domains."""
    return list(result.estimates[0].by) if result.estimates else []


def _labels(by: Mapping[str, Label]) -> dict[str, Cell]:
    return {name: _finite(label) for name, label in by.items()}


def _cells(row: TableEstimate | Difference, columns: Sequence[str]) -> dict[str, Cell]:
    """Return the cells of a row by the names of its columns, in that order."""
    cells = {name: getattr(row, name) for name in columns}
    return {name: str(c) if isinstance(c, Stat) else _finite(c) for name, c in cells.items()}


def _finite(value: Label) -> Cell:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.4f}"
    return "–" if cell is None else str(cell)


def _design(
    file: TableFile, request: Request, result: TableEstimates
) -> Mapping[str, str | int | float | list[str] | dict[str, str | None] | None]:
    design, precision = request.design, request.precision
    kinds = {
        IntervalKind.AUTO: "t with units less strata of the domain; shares Korn-Graubard",
        IntervalKind.T: "t with units less strata of the domain",
    }
    replace = precision.baseline is Baseline.REPLACE
    calibration = request.calibration
    return {
        "file": file.path.name,
        "rows": result.rows,
        "rows_without_domain": result.rows_without_domain,
        "strata": result.strata,
        "psus": result.psus,
        "columns": {
            "strata": ",".join(design.strata) or None, "psu": design.psu, "fpc": design.fpc,
            "weight": design.weight, "ssu": design.ssu, "fpc2": design.fpc2,
        },
        "where": [str(condition) for condition in request.where],
        "trimmed": str(request.trimming) if request.trimming else None,
        "calibrated": calibration.distance.name if calibration else None,
        "variance": str(request.replication) if request.replication else "taylor",
        "lonely": design.lonely.value,
        "interval": f"{100 * precision.level:g} %, "
        + kinds.get(precision.interval, precision.interval.value),
        "deff": f"against simple random sampling {'with' if replace else 'without'} replacement",
        "engine": file.engine,
    }  # fmt: skip
