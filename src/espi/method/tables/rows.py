"""The rows of a table in memory, for what sums per cell do not hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Statistic, Target
from espi.method.estimation.kernel import Index, Vector
from espi.method.estimation.linear import Estimate, mean, total
from espi.method.estimation.lonely import Lonely
from espi.method.estimation.variance import Design, two_stage_variance, variance
from espi.method.tables.layout import Layout, lonely_strata_by_name, populations, row_of_key
from espi.method.tables.request import PSU, SSU, STRATUM, Request
from espi.method.tables.reweighting import Reweighted
from espi.method.tables.subpopulation import INSIDE, WITHIN

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class SecondStage:
    """The units that were drawn within clusters.

    Attributes:
        unit: of each row, 0-based, shape (n,).
        population: units in each cluster, shape (c,).
    """

    unit: Index
    population: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a table with their design.

    Attributes:
        frame: the columns that were asked for.
        domain: of each row, −1 for rows of no domain, shape (n,).
        weight: as estimates use it, shape (n,).
        base: before it was changed, shape (n,).
        design: clusters and strata.
        layout: of domains and strata.
        lonely: the rule for strata of one unit.
        reweighted: none where the weights are those of the file.
        second: none where the first stage stands for all.
    """

    frame: pl.DataFrame
    domain: Index
    weight: Vector
    base: Vector
    design: Design
    layout: Layout
    lonely: Lonely
    reweighted: Reweighted | None
    second: SecondStage | None

    def column(self, name: str) -> Vector:
        """Return a column, NaN where there is no value, shape (n,)."""
        values: Vector = self.frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return values

    def within(self, domain: int, *columns: Vector) -> Mask:
        """Return which rows of a domain have a value in each of the columns, shape (n,)."""
        inside: Mask = self.domain == domain
        for column in columns:
            inside &= ~np.isnan(column)
        return inside

    def within_target(self, domain: int, target: Target) -> Mask:
        """Return which rows of a domain have what a target needs, shape (n,)."""
        over = () if target.over is None else (self.column(target.over),)
        return self.within(domain, self.column(target.of), *over)

    def df(self, within: Mask) -> int:
        """Return the clusters less the strata that have rows ``within``, shape (n,) (M10)."""
        units = np.unique(self.design.psu[within])
        return int(units.size - np.unique(self.design.stratum[units]).size)

    def estimate(self, domain: int, target: Target) -> Estimate | None:
        """Return a target in a domain with the influence of every row; none without any row."""
        inside = self.within_target(domain, target)
        if not inside.any():
            return None
        y = np.where(inside, self.column(target.of), 0.0)
        if target.statistic is Statistic.TOTAL:
            return total(y, self.weight)
        if target.over is None:
            return mean(y, self.weight, inside)
        x = total(np.where(inside, self.column(target.over), 0.0), self.weight)
        return None if x.value == 0 else total(y, self.weight) / x

    def variance(self, estimate: Estimate) -> float:
        """Return the Taylor variance, with calibration and second stage (M8, M22).

        Raises:
            LonelyPSU: a stratum has a single unit, and the rule is to refuse.
        """
        if self.reweighted is not None:
            estimate = self.reweighted.residual(estimate)
        with lonely_strata_by_name(self.layout.stratum_names):
            if self.second is None:
                return variance(estimate, self.design, self.lonely)
            return two_stage_variance(
                estimate, self.design, self.second.unit, self.second.population, self.lonely
            )


def collect_rows(request: Request, frame: pl.DataFrame, layout: Layout) -> Rows:
    """Return the rows of the table with their design.

    Args:
        request: the design and the domains.
        frame: all columns that the request needs, in memory.
        layout: its strata and domains.

    Raises:
        TableUnusable: the second stage cannot be as the file says.
    """
    indices = range(len(layout.stratum_names))
    stratum = frame[STRATUM].replace_strict(layout.stratum_names, indices, return_dtype=pl.Int64)
    h = stratum.to_numpy()
    if request.design.psu:
        psu, first = _numbered(frame, (STRATUM, PSU))
        design = Design(psu, h[first], layout.strata.population)
    else:
        design = Design(np.arange(frame.height), h, layout.strata.population)
    weight = frame[request.design.weight].cast(pl.Float64).to_numpy()
    outside = (
        frame[INSIDE].to_numpy() != WITHIN if INSIDE in frame.columns else np.zeros(h.size, bool)
    )
    for column in request.by:
        outside = outside | frame[column].is_null().to_numpy()
    domain = np.where(outside, -1, row_of_key(frame, layout.domains, request.by))
    return Rows(
        frame, domain, weight, weight, design, layout, request.design.lonely, None,
        _second_stage(request, frame, design),
    )  # fmt: skip


def _numbered(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[Index, Index]:
    """Return a number for the values of each row, and the first row of each number."""
    numbered = frame.select(columns).with_row_index("first row")
    kinds = numbered.group_by(columns, maintain_order=True).agg(pl.col("first row").first())
    index = row_of_key(frame, kinds.select(columns), columns)
    return index, kinds["first row"].to_numpy().astype(np.int64)


def _second_stage(request: Request, frame: pl.DataFrame, design: Design) -> SecondStage | None:
    """Return the units drawn within clusters, with their populations (M54)."""
    if request.design.ssu is None:
        return None
    columns = (STRATUM, PSU, SSU)
    unit, first = _numbered(frame, columns)
    cluster = design.psu[first]
    drawn = np.bincount(cluster, minlength=design.stratum.size).astype(np.float64)
    firsts = np.unique(design.psu, return_index=True)[1]
    names = [f"{row[1]}" for row in frame.select(STRATUM, PSU)[firsts.tolist()].iter_rows()]
    if request.design.fpc2 is None:
        population = np.full(drawn.size, np.inf)
    else:
        fractions = frame.select(
            pl.Series("cluster", design.psu), pl.col(request.design.fpc2).alias("fpc")
        )
        ranges = fractions.group_by("cluster").agg(
            pl.col("fpc").min().alias("low"), pl.col("fpc").max().alias("high")
        )
        population = populations(
            request.design.fpc2, ranges.sort("cluster").with_columns(name=pl.Series(names)), drawn
        )
    alone = np.flatnonzero((drawn == 1) & (population > 1))
    if alone.size and request.design.lonely is Lonely.FAIL:
        raise TableUnusable(
            f"One unit of {request.design.ssu!r} was drawn in cluster {names[int(alone[0])]!r}, "
            "which has more: it has no variance. Say --lonely certainty, or leave --ssu out."
        )
    return SecondStage(unit, population)
