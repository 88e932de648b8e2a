"""Estimates from a checked table: one row per domain, column and statistic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import narwhals as nw
import numpy as np
import polars as pl

from espi.method.estimation.cell_sums import Frame, Statistic
from espi.method.estimation.from_sums import Matrix
from espi.method.tables.asked import Asked, asked_of
from espi.method.tables.differences import Difference, differences
from espi.method.tables.intervals import interval_of
from espi.method.tables.layout import Label, Layout, labels_of, lay_out
from espi.method.tables.linearised import linearised
from espi.method.tables.quantiles import quantiles
from espi.method.tables.replicated import Replicates, replicates_of
from espi.method.tables.request import Request, Stat
from espi.method.tables.reweighting import reweighting
from espi.method.tables.rows import Rows, collect_rows
from espi.method.tables.subpopulation import mark_subpopulation

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class TableEstimate:
    """One statistic of one column in one domain; a number that there is not is NaN.

    Attributes:
        by: the values of the columns that name the domain; empty without domains.
        of: the column.
        stat: the statistic as asked for; of a share of a text, with the category.
        estimate: in the unit of the column (a share: 0–1).
        se: its standard error, same unit.
        ci_low, ci_high: its interval.
        n: rows of the domain with a value; 0 where the domain has none, and no other number then.
        deff: design effect against simple random sampling.
        df: degrees of freedom of the interval.
    """

    by: dict[str, Label]
    of: str
    stat: Stat
    estimate: float
    se: float
    ci_low: float
    ci_high: float
    n: int
    deff: float
    df: int


@dataclass(frozen=True, slots=True)
class TableEstimates:
    """All estimates of a request, and the design they rest on.

    Attributes:
        estimates: by column, statistic and domain, in the order of the request.
        differences: of every two domains, where they were asked for.
        rows: of the table.
        rows_without_domain: of those, rows that stay in the design and are in no domain.
        strata: how many there are.
        psus: sampled units: clusters, or persons.
    """

    estimates: tuple[TableEstimate, ...]
    differences: tuple[Difference, ...]
    rows: int
    rows_without_domain: int
    strata: int
    psus: int


@dataclass(frozen=True, slots=True, eq=False)
class _Sources:
    """What the variances of a request are made from: sums, rows or replicates."""

    layout: Layout
    rows: Rows | None
    replicates: Replicates | None


def estimate_table(request: Request, frame: Frame) -> TableEstimates:
    """Estimate everything that is asked of a table (M6 to M23, M50 to M55).

    Args:
        request: what is asked.
        frame: rows with numbers in the columns that need them, no gap in the design, and stratum
            and clusters under ``STRATUM``, ``PSU`` and ``SSU``.

    Raises:
        TableUnusable: the table does not hold what is asked; the message says what and where.
        LonelyPSU: a stratum has a single unit, and the rule is to refuse.
    """
    asked, frame = asked_of(request, mark_subpopulation(request, frame))
    sources = _sources(request, frame, asked)
    layout, rows = sources.layout, sources.rows
    estimates = [*_linear_estimates(request, sources, asked)]
    estimates += _quantile_estimates(request, sources, asked)
    at = {(wanted.of, wanted.stat): order for order, wanted in enumerate(asked)}
    estimates.sort(key=lambda row: at[row.of, row.stat])  # stable: domains stay
    compared: Sequence[Difference] = ()
    if request.precision.compare and rows is not None:
        compared = [*differences(request, rows, asked, sources.replicates)]
    return TableEstimates(
        estimates=tuple(estimates),
        differences=tuple(compared),
        rows=int(layout.cells["n"].sum()),
        rows_without_domain=int(layout.cells.filter(~layout.inside)["n"].sum()),
        strata=len(layout.stratum_names),
        psus=int(layout.strata.sampled.sum()),
    )


def _sources(request: Request, frame: Frame, asked: Sequence[Asked]) -> _Sources:
    """Return the cells of the table and, where they are needed, its rows and replicates."""
    targets = [wanted.target for wanted in asked if wanted.target is not None]
    if not request.needs_rows:
        return _Sources(lay_out(request, frame, targets), None, None)
    table = pl.DataFrame(frame.collect("polars").to_native())
    weight, change, changed = request.design.weight, None, None
    base = table[weight].cast(pl.Float64)
    if request.reweights:
        change = reweighting(request.trimming, request.calibration, table, base.to_numpy())
        changed = change.applied(base.to_numpy())
        table = table.with_columns(pl.Series(weight, changed.weight))
    layout = lay_out(request, nw.from_native(table.lazy()), targets)
    rows = collect_rows(request, table, layout)
    rows = replace(rows, base=base.to_numpy(), reweighted=changed)
    replicates = replicates_of(request, rows, change) if request.replication else None
    return _Sources(layout, rows, replicates)


def _linear_estimates(
    request: Request, sources: _Sources, asked: Sequence[Asked]
) -> Iterator[TableEstimate]:
    linear = [wanted for wanted in asked if wanted.target is not None]
    if not linear:
        return
    targets = [wanted.target for wanted in linear if wanted.target is not None]
    estimates, srs = linearised(request, sources.layout, targets)
    variance, df = (
        _variances(request, sources, linear, estimates.variance, estimates.value),
        estimates.df,
    )
    with np.errstate(divide="ignore", invalid="ignore"):  # no spread, no design effect
        deff = np.where(variance > 0, variance / srs, np.nan)
    se = np.sqrt(variance)
    for domain, by in enumerate(labels_of(sources.layout, request)):
        for k, wanted in enumerate(linear):
            value, error = float(estimates.value[domain, k]), float(se[domain, k])
            n, freedom = int(estimates.n[domain, k]), int(df[domain, k])
            if n == 0:  # named without a number: a group must not vanish
                yield TableEstimate(by, wanted.of, wanted.stat, NAN, NAN, NAN, NAN, 0, NAN, freedom)
                continue
            if sources.replicates is not None and sources.rows is not None:
                freedom = sources.replicates.df(sources.rows.within_target(domain, targets[k]))
            share_of = n if targets[k].statistic is Statistic.SHARE else None
            low, high = interval_of(request.precision, value, error, freedom, share_of)
            effect = float(deff[domain, k])
            yield TableEstimate(
                by, wanted.of, wanted.stat, value, error, low, high, n, effect, freedom
            )


def _variances(
    request: Request, sources: _Sources, asked: Sequence[Asked], from_sums: Matrix, values: Matrix
) -> Matrix:
    """Return the variances of linear statistics, shape (domains, k), of the kind asked for."""
    targets = [wanted.target for wanted in asked if wanted.target is not None]
    if sources.replicates is not None:
        return sources.replicates.variance(sources.replicates.linear(targets), values)
    if sources.rows is None or not (request.reweights or request.design.ssu):
        return from_sums
    variances = from_sums.copy()
    for domain, k in np.argwhere(~np.isnan(from_sums)):
        if targets[k].statistic is Statistic.SHARE and values[domain, k] in {0.0, 1.0}:
            continue  # none or all said yes: exactly 0, where an influence has a rounding
        estimate = sources.rows.estimate(int(domain), targets[k])
        if estimate is not None:
            variances[domain, k] = sources.rows.variance(estimate)
    return variances


def _quantile_estimates(
    request: Request, sources: _Sources, asked: Sequence[Asked]
) -> Iterator[TableEstimate]:
    rows, replicates = sources.rows, sources.replicates
    for wanted in asked:
        if wanted.stat.p is None or rows is None:
            continue
        of_domains = list(quantiles(rows, wanted.of, wanted.stat.p, request.precision))
        errors = None
        if replicates is not None:
            values = np.array([row.quantile.value for row in of_domains])
            varying = replicates.quantile(wanted.of, wanted.stat.p)
            errors = np.sqrt(replicates.variance(varying, values))
        for domain, (by, row) in enumerate(
            zip(labels_of(sources.layout, request), of_domains, strict=True)
        ):
            value, se, df = row.quantile.value, row.quantile.se, row.df
            low, high = row.quantile.low, row.quantile.high
            if errors is not None and replicates is not None and row.n:
                se, df = (
                    float(errors[domain]),
                    replicates.df(rows.within(domain, rows.column(wanted.of))),
                )
                low, high = interval_of(request.precision, value, se, df)
            yield TableEstimate(by, wanted.of, wanted.stat, value, se, low, high, row.n, NAN, df)
