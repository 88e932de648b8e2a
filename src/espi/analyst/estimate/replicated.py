"""Quantiles, and variances by the bootstrap: what needs the rows themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from espi.analyst.estimate.computing import Layout, lonely_strata, places
from espi.analyst.estimate.reading import PSU, STRATUM, Frame
from espi.analyst.estimate.request import Request
from espi.method.errors import LonelyPSU
from espi.method.estimation.cell_sums import Target
from espi.method.estimation.intervals import t_quantile
from espi.method.estimation.quantiles import Quantile, quantile, weighted_quantile
from espi.method.estimation.replicates import bootstrap_variance, rao_wu
from espi.method.estimation.variance import Design

BLOCK = 20_000_000  # multipliers held at a time


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The rows of a file with their design.

    Attributes:
        domain: of each row, −1 for rows of no domain, shape (n,).
    """

    frame: pl.DataFrame
    domain: np.ndarray
    weight: np.ndarray
    design: Design

    def column(self, name: str) -> np.ndarray:
        """Return a column, NaN where there is no value, shape (n,)."""
        values: np.ndarray = self.frame[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
        return values

    def within(self, domain: int, *columns: np.ndarray) -> np.ndarray:
        """Return which rows of a domain have all the values, shape (n,)."""
        inside: np.ndarray = self.domain == domain
        for column in columns:
            inside &= ~np.isnan(column)
        return inside


def rows_of(request: Request, frame: Frame, layout: Layout) -> Rows:
    """Return the rows of the file, in memory."""
    wanted = dict.fromkeys([*request.numbers, *request.by, STRATUM])
    names = [*wanted, *([PSU] if request.psu else [])]
    rows = pl.DataFrame(frame.select(*names).collect("polars").to_native())
    numbers = range(len(layout.names))
    h = rows[STRATUM].replace_strict(layout.names, numbers, return_dtype=pl.Int64).to_numpy()
    if request.psu:
        pairs = rows.select(STRATUM, PSU).with_row_index("at")
        first = pairs.group_by(STRATUM, PSU, maintain_order=True).agg(pl.col("at").first())
        psu = places(rows, first.select(STRATUM, PSU), (STRATUM, PSU))
        stratum = h[first["at"].to_numpy()]
    else:
        psu, stratum = np.arange(rows.height), h
    weight = rows[request.weight].cast(pl.Float64).to_numpy()
    domain = np.where(
        rows.select(pl.all_horizontal(pl.col(c).is_not_null() for c in request.by)).to_series()
        if request.by
        else True,
        places(rows, layout.domains, request.by),
        -1,
    )
    return Rows(rows, domain, weight, Design(psu, stratum, layout.strata.population))


NO_QUANTILE = Quantile(*[float("nan")] * 4)  # of a group without answers


def quantiles(
    request: Request, rows: Rows, layout: Layout
) -> Iterator[tuple[int, str, Quantile, int, int]]:
    """Return, per domain and column, a quantile with Woodruff's interval, its n and df.

    Raises:
        Unusable: a stratum has a single unit, and the rule is to refuse.
    """
    for stat in request.stats:
        for column in request.of if stat.p is not None else ():
            y = rows.column(column)
            for domain in range(layout.domains.height):
                within = rows.within(domain, y)
                n, df = int(within.sum()), df_of(rows, within)
                if n == 0:
                    yield domain, f"{column} {stat}", NO_QUANTILE, 0, 0
                    continue
                try:
                    found = quantile(
                        y, rows.weight, within, rows.design, stat.p or 0.5,
                        lonely=request.lonely, df=df,
                    )  # fmt: skip
                except LonelyPSU as error:
                    raise lonely_strata(error, layout.names) from None
                yield domain, f"{column} {stat}", found, n, df


def df_of(rows: Rows, within: np.ndarray) -> int:
    """Return the clusters less the strata that have rows in a domain (M10)."""
    units = np.unique(rows.design.psu[within])
    return int(units.size - np.unique(rows.design.stratum[units]).size)


def blocks(request: Request, rows: Rows, layout: Layout) -> Iterator[np.ndarray]:
    """Return the multipliers of all replicates, some at a time, (b, clusters).

    Raises:
        Unusable: a stratum has a single unit.
    """
    rng = np.random.default_rng(request.seed)
    left, most = request.replicates or 0, max(1, BLOCK // rows.design.stratum.size)
    while left > 0:
        some = min(left, most)
        try:
            yield rao_wu(rows.design.stratum, layout.strata, some, rng)
        except LonelyPSU as error:
            raise lonely_strata(error, layout.names) from None
        left -= some


def bootstrapped(request: Request, rows: Rows, layout: Layout, targets: list[Target]) -> np.ndarray:
    """Return the bootstrap variance of every target in every domain, (domains, k)."""
    made = []
    for block in blocks(request, rows, layout):
        estimates = np.full((block.shape[0], layout.domains.height, len(targets)), np.nan)
        for domain in range(layout.domains.height):
            for k, target in enumerate(targets):
                estimates[:, domain, k] = _linear_replicates(rows, domain, target, block)
        made.append(estimates)
    return bootstrap_variance(np.concatenate(made))


def _linear_replicates(rows: Rows, domain: int, target: Target, block: np.ndarray) -> np.ndarray:
    y = rows.column(target.of)
    x = np.ones(y.size) if target.over is None else rows.column(target.over)
    inside = rows.within(domain, y, x)
    weight, times = rows.weight[inside], block[:, rows.design.psu[inside]]
    top = times @ (weight * y[inside])
    below = 1.0 if target.statistic == "total" else times @ (weight * x[inside])
    estimates: np.ndarray = top / below
    return estimates


def bootstrapped_quantile(
    request: Request, rows: Rows, layout: Layout, column: str, p: float
) -> np.ndarray:
    """Return the bootstrap standard error of a quantile in every domain, (domains,)."""
    y = rows.column(column)
    made = []
    for block in blocks(request, rows, layout):
        estimates = np.full((block.shape[0], layout.domains.height), np.nan)
        for domain in range(layout.domains.height):
            inside = rows.within(domain, y)
            times, own = block[:, rows.design.psu[inside]], rows.weight[inside]
            for r, factor in enumerate(times):
                estimates[r, domain] = weighted_quantile(y[inside], own * factor, p)
        made.append(estimates)
    return np.sqrt(bootstrap_variance(np.concatenate(made)))


def t_interval(value: float, se: float, df: int) -> tuple[float, float]:
    """Return value ± t·se."""
    half = float(t_quantile(df)) * se
    return value - half, value + half
