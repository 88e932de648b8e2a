"""What ``espi estimate`` prints: a table for people, CSV for spreadsheets, JSON for programs."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import click
from rich.console import Console
from rich.table import Table

from espi.analyst.estimate.reading import TableFile
from espi.method.tables.estimates import TableEstimate, TableEstimates
from espi.method.tables.layout import Label
from espi.method.tables.request import Request
from espi.platform.cells import csv_text

COLUMNS = ("of", "stat", "estimate", "se", "ci_low", "ci_high", "n", "deff", "df")
Cell = Label | None  # of a printed row; None for a number that does not exist


def print_json(file: TableFile, request: Request, result: TableEstimates) -> None:
    """Print for programs; docs/reference/files.md describes the form."""
    rows = [
        {"by": {name: _finite(label) for name, label in row.by.items()}} | _cells(row)
        for row in result.estimates
    ]
    answer = {"rows": rows, "design": _design(file, request, result)}
    click.echo(json.dumps(answer, ensure_ascii=False, indent=1))


def print_csv(_file: TableFile, _request: Request, result: TableEstimates) -> None:
    """Print rows with commas; full precision, and no label is a formula in a spreadsheet."""
    rows = (
        [*(_finite(label) for label in row.by.values()), *_cells(row).values()]
        for row in result.estimates
    )
    click.echo(csv_text([*_names(result), *COLUMNS], rows, line_end="\n"), nl=False)


def print_table(file: TableFile, request: Request, result: TableEstimates) -> None:
    """Print for people."""
    names = _names(result)
    table = Table(*names, *COLUMNS)
    for column in table.columns[len(names) + 2 :]:
        column.justify = "right"
    for row in result.estimates:
        table.add_row(*map(str, row.by.values()), *map(_shown, _cells(row).values()))
    # A file or a pipe has no width of its own: rich would cut the table at 80 columns.
    console = Console(width=None if Console().is_terminal else 160)
    console.print(table)
    design = _design(file, request, result)
    console.print(
        f"{design['rows']} rows, {design['strata']} strata, {design['psus']} units; variance: "
        f"{design['variance']}; lonely strata: {design['lonely']}; intervals: {design['interval']}"
    )


def _names(result: TableEstimates) -> list[str]:
    """Return the columns that name domains."""
    return list(result.estimates[0].by) if result.estimates else []


def _cells(row: TableEstimate) -> dict[str, Cell]:
    """Return the cells of a row by ``COLUMNS``, in that order."""
    return {
        "of": row.of,
        "stat": str(row.stat),
        "estimate": _finite(row.estimate),
        "se": _finite(row.se),
        "ci_low": _finite(row.ci_low),
        "ci_high": _finite(row.ci_high),
        "n": row.n,
        "deff": _finite(row.deff),
        "df": row.df,
    }


def _finite(value: Label) -> Cell:
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _shown(cell: Cell) -> str:
    if isinstance(cell, float):
        return f"{cell:,.4f}"
    return "–" if cell is None else str(cell)


def _design(
    file: TableFile, request: Request, result: TableEstimates
) -> Mapping[str, str | int | dict[str, str | None]]:
    boot = request.replicates
    return {
        "file": file.path.name,
        "rows": result.rows,
        "rows_without_domain": result.rows_without_domain,
        "strata": result.strata,
        "psus": result.psus,
        "columns": {
            "strata": request.strata, "psu": request.psu, "fpc": request.fpc,
            "weight": request.weight,
        },
        "variance": f"bootstrap:{boot} (Rao-Wu, seed {request.seed})" if boot else "taylor",
        "lonely": request.lonely.value,
        "interval": "95 %, t with units less strata of the domain; shares Korn-Graubard",
        "deff": "against simple random sampling without replacement",
        "engine": file.engine,
    }  # fmt: skip
