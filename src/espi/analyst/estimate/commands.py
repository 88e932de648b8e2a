"""``espi estimate``: from the command line to a request, its answer, and its refusals."""

from __future__ import annotations

from pathlib import Path
from typing import Unpack

import click

from espi.analyst.estimate.options import FILE, with_options
from espi.analyst.estimate.printing import print_csv, print_excel, print_json, print_table
from espi.analyst.estimate.reading import TableFile, read_table
from espi.analyst.estimate.request import read_request
from espi.analyst.estimate.words import Words
from espi.method.errors import LonelyPSU, TableUnusable
from espi.method.tables.estimates import estimate_table
from espi.method.tables.request import Request
from espi.platform.options import refuse_repeated_options


@refuse_repeated_options
@click.command()
@click.argument("file", type=FILE)
@with_options
def estimate(*, file: Path, engine: str, form: str, **words: Unpack[Words]) -> None:
    """Estimate from any FILE (.csv, .parquet, .sav), with design-based standard errors."""
    table = TableFile(file, engine)
    try:
        request, frame = read_table(table, read_request(words))
        try:
            result = estimate_table(request, frame)
        except LonelyPSU as error:
            raise click.ClickException(_about_lonely_strata(error, request)) from None
    except TableUnusable as error:
        raise click.ClickException(str(error)) from None
    printers = {
        "table": print_table, "csv": print_csv, "excel": print_excel, "json": print_json
    }  # fmt: skip
    printers[form](table, request, result)


def _about_lonely_strata(error: LonelyPSU, request: Request) -> str:
    strata = ", ".join(map(repr, error.strata))
    rules = "certainty" if request.needs_influence else "certainty, adjust or average"
    remedy = f"say what to do with --lonely {rules}."
    if request.replication:
        remedy = f"use --variance taylor and {remedy}"
    return (
        f"Strata with a single sampled unit have no variance: {strata}. Join them to a sibling in "
        f"the file, or {remedy}"
    )
