"""``espi estimate``: from the command line to a request, its answer, and its refusals."""

from __future__ import annotations

from pathlib import Path

import click

from espi.analyst.estimate.printing import print_csv, print_json, print_table
from espi.analyst.estimate.reading import TableFile, read_table
from espi.analyst.estimate.request import columns, read_stat, read_variance
from espi.method.errors import LonelyPSU, TableUnusable
from espi.method.estimation.lonely import Lonely
from espi.method.tables.estimates import estimate_table
from espi.method.tables.request import Request
from espi.platform.options import refuse_repeated_options

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


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
@click.option(
    "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the bootstrap."
)
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
def estimate(  # noqa: PLR0913 one parameter for each option of the command
    *,
    file: Path,
    strata: str | None,
    psu: str | None,
    fpc: str | None,
    weight: str,
    of: str,
    by: str,
    stats: tuple[str, ...],
    variance: str,
    seed: int,
    lonely: str,
    engine: str,
    form: str,
) -> None:
    """Estimate from any FILE (.csv, .parquet, .sav), with design-based standard errors."""
    request = Request(
        weight=weight,
        of=columns(of),
        strata=strata,
        psu=psu,
        fpc=fpc,
        by=columns(by),
        stats=tuple(dict.fromkeys(read_stat(stat) for stat in stats)),
        replicates=read_variance(variance),
        seed=seed,
        lonely=Lonely(lonely),
    )
    if not request.of:
        raise click.BadParameter("--of names no column.")
    table = TableFile(file, engine)
    try:
        result = estimate_table(request, read_table(table, request))
    except TableUnusable as error:
        raise click.ClickException(str(error)) from None
    except LonelyPSU as error:
        raise click.ClickException(_about_lonely_strata(error, request)) from None
    {"table": print_table, "csv": print_csv, "json": print_json}[form](table, request, result)


def _about_lonely_strata(error: LonelyPSU, request: Request) -> str:
    strata = ", ".join(map(repr, error.strata))
    remedy = "say what to do with --lonely certainty, adjust or average."
    if request.replicates:
        remedy = f"use --variance taylor and {remedy}"
    return (
        f"Strata with a single sampled unit have no variance: {strata}. Join them to a sibling in "
        f"the file, or {remedy}"
    )
