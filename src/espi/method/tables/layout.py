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
from espi.method.estimation.cell_sums import Frame, Target, cell_sums
from espi.method.estimation.kernel import Cells, Index, Strata, Vector
from espi.method.tables.request import PSU, STRATUM, Request
from espi.method.tables.subpopulation import INSIDE, OUTSIDE, WEIGHTLESS

Label = str | int | float | bool
CROSS = " × "  # between the values that name a stratum
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
    clustered = request.design.psu is not None
    marked = [INSIDE] if INSIDE in frame.collect_schema().names() else []
    keys = [*dict.fromkeys([*request.by, *marked, STRATUM]), *([PSU] if clustered else [])]
    distinct = {target.key: target for target in targets}
    sums = cell_sums(frame, keys, request.design.weight, distinct.values())
    cells = pl.DataFrame(sums.collect("polars").to_native()).sort(keys)
    if cells.is_empty():
        raise TableUnusable("The file has no rows.")
    names: list[object] = sorted(cells[STRATUM].unique().to_list(), key=str)
    stratum = cells[STRATUM].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    sampled = _sampled(cells.with_columns(stratum.alias("h")), clustered=clustered)
    meant = pl.Series(np.ones(cells.height, dtype=bool))
    for column in marked:
        meant &= cells[column] != OUTSIDE
    for column in request.by:
        meant &= cells[column].is_not_null()
    domains = cells.filter(meant).select(request.by).unique(maintain_order=True)
    inside = meant & (cells[INSIDE] != WEIGHTLESS) if marked else meant
    if not request.by:
        domains = pl.DataFrame({"": ["all"]})
    domain = row_of_key(cells.filter(inside), domains, request.by)
    indices = Cells(domain, stratum.filter(inside).to_numpy(), domains.height)
    strata = Strata(sampled, _stratum_populations(request, frame, names, sampled))
    return Layout(cells, inside, domains, names, strata, indices)


def _sampled(cells: pl.DataFrame, *, clustered: bool) -> Vector:
    if clustered:
        counts = cells.group_by("h").agg(pl.col(PSU).n_unique().alias("n")).sort("h")
    else:
        counts = cells.group_by("h").agg(pl.col("n").sum()).sort("h")
    return counts["n"].to_numpy().astype(np.float64)


def _stratum_populations(
    request: Request, frame: Frame, names: list[object], sampled: Vector
) -> Vector:
    if request.design.fpc is None:
        return np.full(len(names), np.inf)
    fpc = nw.col(request.design.fpc)
    ranges = frame.group_by(STRATUM).agg(fpc.min().alias("low"), fpc.max().alias("high"))
    per_stratum = pl.DataFrame(ranges.collect("polars").to_native())
    order = per_stratum[STRATUM].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    shown = pl.Series([shown_stratum(name) for name in names])
    return populations(
        request.design.fpc,
        per_stratum.with_columns(at=order).sort("at").with_columns(name=shown),
        sampled,
    )


def populations(column: str, numbers: pl.DataFrame, sampled: Vector) -> Vector:
    """Return how many units each stratum, or cluster, has in the population (M53).

    Where no number exceeds 1, numbers are the fractions of units that were drawn.

    Args:
        column: of the file, for messages.
        numbers: ``low`` and ``high`` of the column in each stratum, and its ``name``.
        sampled: units in the sample, shape (h,).

    Raises:
        TableUnusable: a stratum has several numbers, none above zero, a fraction among counts, or
            fewer units than were drawn.
    """
    low: Vector = numbers["low"].to_numpy()
    high: Vector = numbers["high"].to_numpy()
    names = numbers["name"].to_list()
    if (uneven := np.flatnonzero(low != high)).size:
        h = int(uneven[0])
        raise TableUnusable(
            f"Column {column!r} must be one number in a stratum; in {names[h]!r} it runs "
            f"from {low[h]:g} to {high[h]:g}."
        )
    if (nothing := np.flatnonzero(low <= 0)).size:
        h = int(nothing[0])
        raise TableUnusable(
            f"Column {column!r} must be above zero: a count of units in the population, or the "
            f"fraction of them that was drawn. In {names[h]!r} it is {low[h]:g}."
        )
    if not (low > 1).any():
        fractions: Vector = sampled / low
        return fractions
    if (mixed := np.flatnonzero(low < 1)).size:
        h, other = int(mixed[0]), int(np.flatnonzero(low > 1)[0])
        raise TableUnusable(
            f"Column {column!r} holds fractions and counts: {low[h]:g} in {names[h]!r} and "
            f"{low[other]:g} in {names[other]!r}. A fraction is at most 1; write all as fractions "
            "of the units that were drawn, or all as counts of units in the population."
        )
    _refuse_more_sampled_than_people(column, names, sampled, low)
    return low


def _refuse_more_sampled_than_people(
    column: str, names: list[object], sampled: Vector, population: Vector
) -> None:
    over = np.flatnonzero(sampled > population)
    if over.size:
        h = int(over[0])
        raise TableUnusable(
            f"Stratum {names[h]!r} has {sampled[h]:g} units in the sample and, by its fpc "
            f"({column!r}), {population[h]:g} in the population. The fpc counts units (clusters "
            "where clusters were drawn, else persons), or is the fraction of them that was drawn, "
            "at most 1 in every row."
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


def crossed(values: Sequence[nw.Expr]) -> nw.Expr:
    """Return one label for the values of several columns, another for each combination."""
    if len(values) == 1:
        return values[0]
    # A cross inside a value is doubled, so that two combinations never read alike.
    parts = [v.cast(nw.String()).str.replace_all("×", "××", literal=True) for v in values]
    return nw.concat_str(parts, separator=CROSS)


def shown_stratum(name: object) -> object:
    """Return the label of a stratum as messages show it."""
    return name.replace("××", "×") if isinstance(name, str) and CROSS in name else name


@contextmanager
def lonely_strata_by_name(names: Sequence[object]) -> Iterator[None]:
    """Let a refusal of lonely strata name them as the table does, not by their index."""
    try:
        yield
    except LonelyPSU as error:
        raise LonelyPSU([shown_stratum(names[int(str(h))]) for h in error.strata]) from None
