"""A table summed into cells of domain × stratum (× cluster), and the design of its strata."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import polars as pl

from espi.method.errors import LonelyPSU, TableUnusable
from espi.method.estimation.cell_sums import Frame, Statistic, Target, cell_sums
from espi.method.estimation.kernel import Cells, Index, Strata, Vector
from espi.method.tables.request import PSU, STRATUM, Request

Label = str | int | float | bool
WHOLE = re.compile(r"0|-?[1-9][0-9]*")


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """The cells of a table and what its strata are.

    Attributes:
        cells: one row per domain × stratum (× cluster), with the sums of layer one.
        inside: which rows of ``cells`` belong to a domain, shape (cells.height,).
        domains: one row per domain, the columns that name it.
        stratum_names: as the table has them, in the order of the indices.
        strata: their sampled units and populations.
        indices: domain and stratum of the rows of ``cells`` that are inside.
    """

    cells: pl.DataFrame
    inside: pl.Series
    domains: pl.DataFrame
    stratum_names: list[object]
    strata: Strata
    indices: Cells

    @property
    def cells_inside(self) -> pl.DataFrame:
        """The cells that belong to a domain, in the order of ``indices``."""
        return self.cells.filter(self.inside)


def targets_of(request: Request, frame: Frame) -> list[Target]:
    """Return what is estimated by linearisation, each centred on the plain mean of its column."""
    if all(stat.p is not None for stat in request.stats):
        return []
    means = frame.select(*[nw.col(c).mean().alias(c) for c in request.of]).collect("polars")
    return [
        Target(
            of=column,
            statistic=Statistic(stat.name),
            over=stat.over,
            centre=0.0 if stat.over else float(means[column][0] or 0.0),
            spread=True,
        )
        for stat in request.stats
        if stat.p is None
        for column in request.of
    ]


def lay_out(request: Request, frame: Frame, targets: Sequence[Target]) -> Layout:
    """Sum the table into cells, on the engine of its frame.

    Args:
        request: the design and the domains.
        frame: rows, checked, with ``STRATUM`` and ``PSU``.
        targets: what is summed; without any, rows are counted.

    Raises:
        TableUnusable: the population of a stratum is not one number, or smaller than its sample;
            or there are no rows.
    """
    keys = [*dict.fromkeys([*request.by, STRATUM]), *([PSU] if request.psu else [])]
    distinct = {target.key: target for target in targets}
    sums = cell_sums(frame, keys, request.weight, distinct.values())
    cells = pl.DataFrame(sums.collect("polars").to_native()).sort(keys)
    if cells.is_empty():
        raise TableUnusable("The file has no rows.")
    names: list[object] = sorted(cells[STRATUM].unique().to_list(), key=str)
    stratum = cells[STRATUM].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    sampled = _sampled(cells.with_columns(stratum.alias("h")), clustered=request.psu is not None)
    population = _populations(request, frame, names)
    _refuse_more_sampled_than_people(names, sampled, population)
    inside = pl.Series(np.ones(cells.height, dtype=bool))
    for column in request.by:
        inside &= cells[column].is_not_null()
    domains = cells.filter(inside).select(request.by).unique(maintain_order=True)
    if not request.by:
        domains = pl.DataFrame({"": ["all"]})
    domain = row_of_key(cells.filter(inside), domains, request.by)
    indices = Cells(domain, stratum.filter(inside).to_numpy(), domains.height)
    return Layout(cells, inside, domains, names, Strata(sampled, population), indices)


def _sampled(cells: pl.DataFrame, *, clustered: bool) -> Vector:
    if clustered:
        counts = cells.group_by("h").agg(pl.col(PSU).n_unique().alias("n")).sort("h")
    else:
        counts = cells.group_by("h").agg(pl.col("n").sum()).sort("h")
    return counts["n"].to_numpy().astype(np.float64)


def _populations(request: Request, frame: Frame, names: list[object]) -> Vector:
    if request.fpc is None:
        return np.full(len(names), np.inf)
    fpc = nw.col(request.fpc)
    ranges = frame.group_by(STRATUM).agg(fpc.min().alias("low"), fpc.max().alias("high"))
    per_stratum = pl.DataFrame(ranges.collect("polars").to_native())
    uneven = per_stratum.filter(pl.col("low") != pl.col("high"))
    if uneven.height:
        row = uneven.sort(STRATUM).row(0, named=True)
        raise TableUnusable(
            f"Column {request.fpc!r} must be one number in a stratum; in {row[STRATUM]!r} it runs "
            f"from {row['low']:g} to {row['high']:g}."
        )
    population = dict(per_stratum.select(STRATUM, "low").iter_rows())
    return np.array([population[name] for name in names], dtype=np.float64)


def _refuse_more_sampled_than_people(
    names: list[object], sampled: Vector, population: Vector
) -> None:
    over = np.flatnonzero(sampled > population)
    if over.size:
        h = int(over[0])
        raise TableUnusable(
            f"Stratum {names[h]!r} has {sampled[h]:g} units in the sample and, by its fpc, "
            f"{population[h]:g} in the population. The fpc is a count of units (clusters with "
            "--psu, else persons), not a fraction."
        )


def row_of_key(rows: pl.DataFrame, keys: pl.DataFrame, by: Sequence[str]) -> Index:
    """Return, for each row, the row of ``keys`` that has the same values in ``by``, shape (n,).

    Args:
        rows: the table.
        keys: its distinct values in ``by``, in the order wanted.
        by: columns of both; without any, all rows belong to the first.
    """
    if not by:
        return np.zeros(rows.height, dtype=np.int64)
    numbered = keys.with_row_index("row of the key")
    # A left join in its own order keeps one result per row of the table, in the table's order.
    joined = rows.select(by).join(numbered, on=list(by), how="left", maintain_order="left")
    return joined["row of the key"].to_numpy().astype(np.int64)


def labels_of(layout: Layout, request: Request) -> Iterator[dict[str, Label]]:
    """Yield, per domain, the values of the columns that name it."""
    for row in layout.domains.iter_rows(named=True):
        yield {column: as_label(row[column]) for column in request.by}


def as_label(value: object) -> Label:
    """Return a label as people wrote it: whole numbers as numbers, dates and the like as text."""
    if isinstance(value, str):
        return int(value) if WHOLE.fullmatch(value) else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    return value if isinstance(value, int) else str(value)


@contextmanager
def lonely_strata_by_name(names: Sequence[object]) -> Iterator[None]:
    """Let a refusal of lonely strata name them as the table does, not by their index."""
    try:
        yield
    except LonelyPSU as error:
        raise LonelyPSU([names[int(str(h))] for h in error.strata]) from None
