"""Quantiles of a table, and variances by the bootstrap: what needs the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.estimation.cell_sums import Frame, Target
from espi.method.estimation.from_sums import Matrix
from espi.method.estimation.kernel import Index, Vector
from espi.method.estimation.quantiles import Quantile, quantile, weighted_quantile
from espi.method.estimation.replicates import bootstrap_variance, rao_wu
from espi.method.estimation.variance import Design
from espi.method.tables.layout import Layout, lonely_strata_by_name, row_of_key
from espi.method.tables.request import PSU, STRATUM, Request

# Multipliers held at a time: 160 MB of doubles. All replicates of a national file would be many GB.
BLOCK = 20_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a table with their design.

    Attributes:
        frame: the columns that were asked for.
        domain: of each row, −1 for rows of no domain, shape (n,).
        weight: shape (n,).
        design: clusters and strata.
    """

    frame: pl.DataFrame
    domain: Index
    weight: Vector
    design: Design

    def column(self, name: str) -> Vector:
        """Return a column, NaN where there is no value, shape (n,)."""
        values: Vector = self.frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return values

    def within(self, domain: int, *columns: Vector) -> NDArray[np.bool_]:
        """Return which rows of a domain have a value in each of the columns, shape (n,)."""
        inside: NDArray[np.bool_] = self.domain == domain
        for column in columns:
            inside &= ~np.isnan(column)
        return inside

    def df(self, within: NDArray[np.bool_]) -> int:
        """Return the clusters less the strata that have rows ``within``, shape (n,) (M10)."""
        units = np.unique(self.design.psu[within])
        return int(units.size - np.unique(self.design.stratum[units]).size)


@dataclass(frozen=True, slots=True)
class DomainQuantile:
    """A quantile of one column in one domain.

    Attributes:
        quantile: NaN where the domain has no value.
        n: rows with a value.
        df: degrees of freedom of its interval.
    """

    quantile: Quantile
    n: int
    df: int


def rows_of(request: Request, frame: Frame, layout: Layout) -> Rows:
    """Return the rows of the table, in memory."""
    columns = dict.fromkeys([*request.numbers, *request.by, STRATUM])
    names = [*columns, *([PSU] if request.psu else [])]
    rows = pl.DataFrame(frame.select(*names).collect("polars").to_native())
    indices = range(len(layout.stratum_names))
    h = rows[STRATUM].replace_strict(layout.stratum_names, indices, return_dtype=pl.Int64)
    if request.psu:
        numbered = rows.select(STRATUM, PSU).with_row_index("first row")
        clusters = numbered.group_by(STRATUM, PSU, maintain_order=True).agg(
            pl.col("first row").first()
        )
        psu = row_of_key(rows, clusters.select(STRATUM, PSU), (STRATUM, PSU))
        stratum = h.to_numpy()[clusters["first row"].to_numpy()]
    else:
        psu, stratum = np.arange(rows.height), h.to_numpy()
    weight = rows[request.weight].cast(pl.Float64).to_numpy()
    domain = np.where(
        rows.select(pl.all_horizontal(pl.col(c).is_not_null() for c in request.by)).to_series()
        if request.by
        else True,
        row_of_key(rows, layout.domains, request.by),
        -1,
    )
    return Rows(rows, domain, weight, Design(psu, stratum, layout.strata.population))


NO_QUANTILE = Quantile(*[float("nan")] * 4)  # of a group without answers


def quantiles(
    request: Request, rows: Rows, layout: Layout, column: str, p: float
) -> Iterator[DomainQuantile]:
    """Yield the p-quantile of a column with Woodruff's interval, domain after domain (M19).

    Args:
        request: the rule for lonely strata.
        rows: the table.
        layout: its domains and strata.
        column: what to estimate.
        p: 0–1.

    Raises:
        LonelyPSU: a stratum has a single unit, and the rule is to refuse.
    """
    y = rows.column(column)
    for domain in range(layout.domains.height):
        within = rows.within(domain, y)
        n, df = int(within.sum()), rows.df(within)
        if n == 0:
            yield DomainQuantile(NO_QUANTILE, 0, 0)
            continue
        with lonely_strata_by_name(layout.stratum_names):
            estimate = quantile(
                y, rows.weight, within, rows.design, p, lonely=request.lonely, df=df
            )
        yield DomainQuantile(estimate, n, df)


def _blocks(request: Request, rows: Rows, layout: Layout) -> Iterator[Matrix]:
    """Yield the multipliers of all replicates, some at a time, shape (b, clusters).

    Raises:
        LonelyPSU: a stratum has a single unit, whatever the rule for lonely strata is.
    """
    rng = np.random.default_rng(request.seed)
    remaining = request.replicates or 0
    most = max(1, BLOCK // rows.design.stratum.size)
    while remaining > 0:
        size = min(remaining, most)
        with lonely_strata_by_name(layout.stratum_names):
            block = rao_wu(rows.design.stratum, layout.strata, size, rng)
        yield block
        remaining -= size


def bootstrap_variances(
    request: Request, rows: Rows, layout: Layout, targets: Sequence[Target]
) -> Matrix:
    """Return the bootstrap variance of every target in every domain, shape (domains, k) (M20).

    Raises:
        LonelyPSU: a stratum has a single unit.
    """
    replicates = []
    for block in _blocks(request, rows, layout):
        estimates = np.full((block.shape[0], layout.domains.height, len(targets)), np.nan)
        for domain in range(layout.domains.height):
            for k, target in enumerate(targets):
                estimates[:, domain, k] = _linear_replicates(rows, domain, target, block)
        replicates.append(estimates)
    return bootstrap_variance(np.concatenate(replicates))


def _linear_replicates(rows: Rows, domain: int, target: Target, block: Matrix) -> Vector:
    y = rows.column(target.of)
    x = np.ones(y.size) if target.over is None else rows.column(target.over)
    inside = rows.within(domain, y, x)
    weight, multiplier = rows.weight[inside], block[:, rows.design.psu[inside]]
    numerator = multiplier @ (weight * y[inside])
    denominator = 1.0 if target.statistic == "total" else multiplier @ (weight * x[inside])
    estimates: Vector = numerator / denominator
    return estimates


def bootstrap_quantile_errors(
    request: Request, rows: Rows, layout: Layout, column: str, p: float
) -> Vector:
    """Return the bootstrap standard error of a quantile in every domain, shape (domains,) (M20).

    Raises:
        LonelyPSU: a stratum has a single unit.
    """
    y = rows.column(column)
    replicates = []
    for block in _blocks(request, rows, layout):
        estimates = np.full((block.shape[0], layout.domains.height), np.nan)
        for domain in range(layout.domains.height):
            inside = rows.within(domain, y)
            if not inside.any():
                continue
            multipliers, weight = block[:, rows.design.psu[inside]], rows.weight[inside]
            for r, multiplier in enumerate(multipliers):
                estimates[r, domain] = weighted_quantile(y[inside], weight * multiplier, p)
        replicates.append(estimates)
    return np.sqrt(bootstrap_variance(np.concatenate(replicates)))
