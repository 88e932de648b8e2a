"""Quantiles of a table: what needs the values themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from math import inf, sqrt

from espi.method.estimation.intervals import t_quantile
from espi.method.estimation.linear import Estimate
from espi.method.estimation.quantiles import Quantile, woodruff
from espi.method.tables.request import IntervalKind, Precision
from espi.method.tables.rows import Rows

NO_QUANTILE = Quantile(*[float("nan")] * 4)  # of a group without answers


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


def quantiles(rows: Rows, column: str, p: float, precision: Precision) -> Iterator[DomainQuantile]:
    """Yield the p-quantile of a column with Woodruff's interval, domain after domain (M19).

    Args:
        rows: the table.
        column: what to estimate.
        p: 0–1.
        precision: level and kind of the interval.

    Raises:
        LonelyPSU: a stratum has a single unit, and the rule is to refuse.
    """
    y = rows.column(column)

    def error(up_to: Estimate) -> float:
        return sqrt(rows.variance(up_to))

    for domain in range(rows.layout.domains.height):
        within = rows.within(domain, y)
        n, df = int(within.sum()), rows.df(within)
        if n == 0:
            yield DomainQuantile(NO_QUANTILE, 0, 0)
            continue
        normal = precision.interval is IntervalKind.NORMAL
        t = float(t_quantile(inf if normal else df, precision.level))
        yield DomainQuantile(woodruff(y[within], rows.weight, within, p, (error, t)), n, df)
