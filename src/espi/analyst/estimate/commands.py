"""The command and what it prints."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from espi.analyst.estimate.request import Request, columns, read_stat, read_variance
from espi.analyst.estimate.results import answer
from espi.method.estimation.lonely import Lonely
from espi.platform.cells import csv_text
from espi.platform.options import refuse_repeated_options

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
COLUMNS = ("of", "stat", "estimate", "se", "ci_low", "ci_high", "n", "deff", "df")


@refuse_repeated_options
@click.command()
@click.argument("file", type=FILE)
@click.option("--strata", help="Column of the strata; without it all rows are one stratum.")
@click.option("--psu", help="Column of the clusters drawn first, within strata.")
@click.option(
    "--fpc",
    help="Column of the units in the population of the stratum: clusters with --psu, else persons.",
)
@click.option("--weight", required=True, help="Column of the weights, above zero.")
@click.option("--of", "of", required=True, help="Columns to estimate, with commas between.")
@click.option("--by", default="", help="Columns that name domains, with commas between.")
@click.option(
    "--stat",
    "stats",
    multiple=True,
    default=["mean"],
    show_default=True,
    help="mean, total, share, ratio:COLUMN or quantile:SHARE; may be repeated.",
)
@click.option(
    "--variance", default="taylor", show_default=True, help="taylor or bootstrap:REPLICATES."
)
@click.option("--seed", default=1, show_default=True, help="Of the bootstrap.")
@click.option(
    "--lonely",
    type=click.Choice([rule.value for rule in Lonely]),
    default="fail",
    show_default=True,
    help="What to do with a stratum of a single unit.",
)
@click.option(
    "--engine", type=click.Choice(["polars", "spark"]), default="polars", show_default=True
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
)
def estimate(
    *,
    file: Path,
    of: str,
    by: str,
    stats: tuple[str, ...],
    variance: str,
    lonely: str,
    form: str,
    **rest: Any,
) -> None:
    """Estimate from any FILE (.csv, .parquet, .sav), with design-based standard errors."""
    request = Request(
        path=file,
        of=columns(of),
        by=columns(by),
        stats=tuple(dict.fromkeys(read_stat(stat) for stat in stats)),
        replicates=read_variance(variance),
        lonely=Lonely(lonely),
        **rest,
    )
    if not request.of:
        raise click.BadParameter("--of names no column.")
    result = answer(request)
    {"table": show_table, "csv": show_csv, "json": show_json}[form](result)


def show_json(result: dict[str, Any]) -> None:
    """Print for machines; a number that there is not is null."""
    click.echo(json.dumps(_without_nan(result), ensure_ascii=False, indent=1))


def _without_nan(content: Any) -> Any:
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, dict):
        return {key: _without_nan(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_without_nan(value) for value in content]
    return content


def show_csv(result: dict[str, Any]) -> None:
    """Print rows with commas; full precision, and no label is a formula in a spreadsheet."""
    by = list(result["rows"][0]["by"]) if result["rows"] else []
    rows = (
        [*row["by"].values(), *(row[name] for name in COLUMNS)]
        for row in _without_nan(result["rows"])
    )
    click.echo(csv_text([*by, *COLUMNS], rows, line_end="\n"), nl=False)


def show_table(result: dict[str, Any]) -> None:
    """Print for people."""
    by = list(result["rows"][0]["by"]) if result["rows"] else []
    table = Table(*by, *COLUMNS)
    for name in COLUMNS[2:]:
        table.columns[len(by) + COLUMNS.index(name)].justify = "right"
    for row in result["rows"]:
        labels = ["" if value is None else str(value) for value in row["by"].values()]
        table.add_row(*labels, *(_shown(row[name]) for name in COLUMNS))
    console = Console(width=None if Console().is_terminal else 160)
    console.print(table)
    design = result["design"]
    console.print(
        f"{design['rows']} rows, {design['strata']} strata, {design['psus']} units; variance: "
        f"{design['variance']}; lonely strata: {design['lonely']}; intervals: {design['interval']}"
    )


def _shown(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.4f}" if math.isfinite(value) else "–"
    return "–" if value is None else str(value)
