"""Estimates from a checked table: one row per domain, column and statistic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from espi.method.estimation.cell_sums import Frame, Target
from espi.method.estimation.intervals import share_interval, t_interval
from espi.method.tables.layout import Label, Layout, labels_of, lay_out, targets_of
from espi.method.tables.linearised import linearised
from espi.method.tables.replicated import (
    Rows,
    bootstrap_quantile_errors,
    bootstrap_variances,
    quantiles,
    rows_of,
)
from espi.method.tables.request import Request, Stat

NAN = float("nan")


@dataclass(frozen=True, slots=True)
class TableEstimate:
    """One statistic of one column in one domain; a number that there is not is NaN.

    Attributes:
        by: the values of the columns that name the domain; empty without domains.
        of: the column.
        stat: the statistic as asked for.
        estimate: in the unit of the column (a share: 0–1).
        se: its standard error, same unit.
        ci_low, ci_high: its 95 % interval.
        n: rows of the domain with a value; 0 where the domain has none, and no other number then.
        deff: design effect against simple random sampling without replacement.
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
        rows: of the table.
        rows_without_domain: of those, rows that stay in the design and are in no domain.
        strata: how many there are.
        psus: sampled units: clusters, or persons.
    """

    estimates: tuple[TableEstimate, ...]
    rows: int
    rows_without_domain: int
    strata: int
    psus: int


def estimate_table(request: Request, frame: Frame) -> TableEstimates:
    """Estimate everything that is asked of a table (M6 to M20).

    Args:
        request: what is asked.
        frame: rows with numbers in the columns that need them, no gap in the design, and stratum
            and cluster under ``STRATUM`` and ``PSU``.

    Raises:
        TableUnusable: the table has no rows, or the populations of its strata cannot be.
        LonelyPSU: a stratum has a single unit, and the rule is to refuse.
    """
    targets = targets_of(request, frame)
    layout = lay_out(request, frame, targets)
    rows = rows_of(request, frame, layout) if request.needs_rows else None
    estimates = [*_linear_estimates(request, layout, targets, rows)] if targets else []
    if rows is not None:
        estimates += _quantile_estimates(request, layout, rows)
    column_at = {name: at for at, name in enumerate(request.of)}
    stat_at = {stat: at for at, stat in enumerate(request.stats)}
    estimates.sort(key=lambda row: (column_at[row.of], stat_at[row.stat]))  # stable: domains stay
    return TableEstimates(
        estimates=tuple(estimates),
        rows=int(layout.cells["n"].sum()),
        rows_without_domain=int(layout.cells.filter(~layout.inside)["n"].sum()),
        strata=len(layout.stratum_names),
        psus=int(layout.strata.sampled.sum()),
    )


def _linear_estimates(
    request: Request, layout: Layout, targets: Sequence[Target], rows: Rows | None
) -> Iterator[TableEstimate]:
    estimates, deff = linearised(request, layout, targets)
    se = estimates.se
    if rows is not None and request.replicates is not None:
        se = np.sqrt(bootstrap_variances(request, rows, layout, targets))
        deff = deff * (se / estimates.se) ** 2
    for domain, by in enumerate(labels_of(layout, request)):
        for k, target in enumerate(targets):
            value, error = float(estimates.value[domain, k]), float(se[domain, k])
            n, df = int(estimates.n[domain, k]), int(estimates.df[domain, k])
            if n == 0:  # named without a number: a group must not vanish
                low = high = value = error = NAN
            elif target.statistic == "share":
                low, high = share_interval(value, error, n, df)
            else:
                low, high = t_interval(value, error, df)
            stat = Stat(target.statistic.value, over=target.over)
            design_effect = float(deff[domain, k])
            yield TableEstimate(by, target.of, stat, value, error, low, high, n, design_effect, df)


def _quantile_estimates(request: Request, layout: Layout, rows: Rows) -> Iterator[TableEstimate]:
    labels = list(labels_of(layout, request))
    for stat in request.stats:
        if stat.p is None:
            continue
        for column in request.of:
            errors = None
            if request.replicates is not None:
                errors = bootstrap_quantile_errors(request, rows, layout, column, stat.p)
            for domain, row in enumerate(quantiles(request, rows, layout, column, stat.p)):
                value, se = row.quantile.value, row.quantile.se
                low, high = row.quantile.low, row.quantile.high
                if errors is not None:
                    se = float(errors[domain])
                    low, high = t_interval(value, se, row.df)
                yield TableEstimate(
                    labels[domain], column, stat, value, se, low, high, row.n, NAN, row.df
                )
