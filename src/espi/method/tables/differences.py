"""Differences between domains, with the covariance of what is compared: M55."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from math import sqrt

import numpy as np
from scipy import special

from espi.method.comparison.multiplicity import adjusted
from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Target
from espi.method.tables.asked import Asked
from espi.method.tables.intervals import interval_of
from espi.method.tables.layout import Label, labels_of
from espi.method.tables.replicated import Replicates
from espi.method.tables.request import Request, Stat
from espi.method.tables.rows import Mask, Rows

MOST_PAIRS = 2_000  # of domains: all pairs of 63; more are neither read nor quickly computed


@dataclass(frozen=True, slots=True)
class Difference:
    """The first less the second of two domains, by one statistic of one column.

    Attributes:
        first, second: the values of the columns that name the domains.
        of: the column.
        stat: the statistic.
        estimate: in the unit of the column.
        se: its standard error, same unit.
        covariance: of the two estimates, in the unit squared.
        ci_low, ci_high: its interval.
        df: degrees of freedom: units less strata of both domains together, less one.
        t: the estimate in standard errors; NaN where it has none.
        p: chance of one so far from 0 if the domains were alike.
        p_adjusted: the same after Benjamini and Hochberg, over all pairs of this statistic (M25).
    """

    first: dict[str, Label]
    second: dict[str, Label]
    of: str
    stat: Stat
    estimate: float
    se: float
    covariance: float
    ci_low: float
    ci_high: float
    df: int
    t: float
    p: float
    p_adjusted: float


def differences(
    request: Request, rows: Rows, asked: Sequence[Asked], replicates: Replicates | None
) -> Iterator[Difference]:
    """Yield the difference of every two domains that have an estimate.

    Args:
        request: what is asked.
        rows: the table.
        asked: statistics and columns; quantiles are left out.
        replicates: none for the Taylor variance.

    Raises:
        TableUnusable: there are too many pairs.
    """
    names = list(labels_of(rows.layout, request))
    count = len(names) * (len(names) - 1) // 2
    if count > MOST_PAIRS:
        raise TableUnusable(
            f"{len(names)} groups make {count} pairs, more than {MOST_PAIRS}. Compare fewer with "
            "--where, such as --where 'unit=a|b|c'."
        )
    for wanted in asked:
        if wanted.target is None:
            continue
        spread = _spread(rows, wanted.target, replicates)
        pairs = []
        for i, j in combinations(range(len(names)), 2):
            variances = spread(i, j)
            if variances is not None:
                df = _df(
                    rows,
                    replicates,
                    rows.within_target(i, wanted.target) | rows.within_target(j, wanted.target),
                )
                pairs.append(_difference(request, wanted, (names[i], names[j]), variances, df))
        chances = adjusted(np.array([row.p for row in pairs]))
        for row, q in zip(pairs, chances, strict=True):
            yield replace(row, p_adjusted=float(q))


@dataclass(frozen=True, slots=True)
class Spread:
    """What is known of two estimates together.

    Attributes:
        difference: the first less the second.
        of_difference: variance of that.
        of_sum: variance of their sum.
    """

    difference: float
    of_difference: float
    of_sum: float


def _spread(
    rows: Rows, target: Target, replicates: Replicates | None
) -> Callable[[int, int], Spread | None]:
    """Return what gives the spread of two domains; none where one has no estimate."""
    domains = range(rows.layout.domains.height)
    estimates = [rows.estimate(domain, target) for domain in domains]
    whole = np.array([np.nan if e is None else e.value for e in estimates])
    varying = None if replicates is None else replicates.linear([target])[:, :, 0]

    def both(i: int, j: int) -> Spread | None:
        first, second = estimates[i], estimates[j]
        if first is None or second is None:
            return None
        if replicates is None or varying is None:
            return Spread(
                (first - second).value, rows.variance(first - second), rows.variance(first + second)
            )
        less, more = whole[i] - whole[j], whole[i] + whole[j]
        return Spread(
            less,
            float(replicates.variance(varying[:, i] - varying[:, j], less)),
            float(replicates.variance(varying[:, i] + varying[:, j], more)),
        )

    return both


def _df(rows: Rows, replicates: Replicates | None, within: Mask) -> int:
    """Return the degrees of freedom of a difference, of rows ``within`` either domain."""
    return (rows.df(within) if replicates is None else replicates.df(within)) - 1


def _difference(
    request: Request,
    wanted: Asked,
    names: tuple[dict[str, Label], dict[str, Label]],
    spread: Spread,
    df: int,
) -> Difference:
    se, nan = sqrt(spread.of_difference), float("nan")
    t = spread.difference / se if se > 0 else nan
    p = 2 * float(special.stdtr(df, -abs(t))) if df > 0 else nan
    low, high = interval_of(request.precision, spread.difference, se, df)
    return Difference(
        first=names[0], second=names[1], of=wanted.of, stat=wanted.stat,
        estimate=spread.difference, se=se,
        covariance=(spread.of_sum - spread.of_difference) / 4,
        ci_low=low, ci_high=high, df=df, t=t, p=p, p_adjusted=nan,
    )  # fmt: skip
