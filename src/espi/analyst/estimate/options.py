"""The options of ``espi estimate``, as the command line shows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from espi.method.estimation.intervals import LEVEL
from espi.method.estimation.lonely import Lonely
from espi.method.tables.request import Baseline, IntervalKind

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
Command = TypeVar("Command", bound=Callable[..., None])

DESIGN = (
    click.option(
        "--strata",
        help="Columns whose values together name the strata; without it all rows are one stratum.",
    ),
    click.option("--psu", help="Column of the clusters drawn first, within strata."),
    click.option(
        "--fpc",
        help="Column of the units in the population of the stratum (clusters with --psu, else "
        "persons), or of the fraction of them that was drawn.",
    ),
    click.option("--ssu", help="Column of the units drawn second, within clusters."),
    click.option("--fpc2", help="As --fpc, of the units of --ssu in their cluster."),
    click.option("--weight", required=True, help="Column of the weights, zero or more."),
    click.option(
        "--lonely",
        type=click.Choice([rule.value for rule in Lonely]),
        default="fail",
        show_default=True,
        help="What to do with a stratum of a single unit.",
    ),
)

TARGETS = (
    click.option("--of", "of", required=True, help="Columns to estimate, with commas between."),
    click.option("--by", default="", help="Columns that name domains, with commas between."),
    click.option(
        "--where",
        multiple=True,
        help="Only rows with COLUMN=VALUE|VALUE, COLUMN!=VALUE or COLUMN>=NUMBER; may be repeated.",
    ),
    click.option(
        "--stat",
        "stats",
        multiple=True,
        default=["mean"],
        show_default=True,
        help="mean, total, share, share:VALUE, ratio:COLUMN or quantile:SHARE; may be repeated.",
    ),
    click.option(
        "--compare", is_flag=True, help="Also the difference of every two domains, tested."
    ),
)

WEIGHTS = (
    click.option("--trim", metavar="LOW:HIGH", help="Cut weights at these bounds first."),
    click.option(
        "--margins",
        type=FILE,
        help="CSV file variable,category,total of the population that weights are to meet.",
    ),
    click.option(
        "--calibrate",
        metavar="DISTANCE",
        help="How they meet --margins: raking, linear or logit:LOW:HIGH.  [default: raking]",
    ),
)

VARIANCE = (
    click.option(
        "--variance",
        default="taylor",
        show_default=True,
        help="taylor, bootstrap:REPLICATES, jackknife, brr or fay:FACTOR; with --replicates their "
        "kind: brr, fay:FACTOR, jk1, jkn, bootstrap or sdr.",
    ),
    click.option(
        "--replicates",
        default="",
        help="Columns of replicate weights in the file, with commas between; rw* for all that "
        "begin with rw.",
    ),
    click.option(
        "--factors", help="What the square of each replicate is multiplied by, with commas."
    ),
    click.option(
        "--centre",
        type=click.Choice(["mean", "estimate"]),
        default="mean",
        show_default=True,
        help="What replicates deviate from: their mean, or the estimate.",
    ),
    click.option(
        "--seed", type=click.IntRange(min=0), default=1, show_default=True, help="Of the bootstrap."
    ),
)

ANSWER = (
    click.option(
        "--interval",
        type=click.Choice([kind.value for kind in IntervalKind]),
        default="auto",
        show_default=True,
        help="auto: Korn-Graubard for shares, t for the rest.",
    ),
    click.option(
        "--level", type=float, default=LEVEL, show_default=True, help="Of intervals: 0.9, or 90."
    ),
    click.option(
        "--deff",
        type=click.Choice([baseline.value for baseline in Baseline]),
        default="wor",
        show_default=True,
        help="Design effect against random sampling without replacement, or with.",
    ),
    click.option(
        "--engine", type=click.Choice(["polars", "spark"]), default="polars", show_default=True
    ),
    click.option(
        "--format",
        "form",
        type=click.Choice(["table", "csv", "excel", "json"]),
        default="table",
        show_default=True,
        help="excel: CSV with semicolons and decimal commas, as Excel in Indonesia reads it.",
    ),
)


def with_options(command: Command) -> Command:
    """Give a command all options, in the order of its help."""
    for option in reversed((*DESIGN, *TARGETS, *WEIGHTS, *VARIANCE, *ANSWER)):
        command = option(command)
    return command
