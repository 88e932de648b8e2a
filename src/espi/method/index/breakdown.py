"""Items of every agency or service area at once, through additive sums (M6 to M8, M16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition
from espi.method.estimation.from_sums import Estimates, estimate
from espi.method.estimation.intervals import mean_intervals, share_intervals, unseen_share
from espi.method.estimation.kernel import Vector
from espi.method.estimation.ordered_sums import ordered, ordered_sums
from espi.method.index.layout import Answers
from espi.method.index.scoring import ScoredItem, answers_of, applicable, item_score

Matrix = NDArray[np.float64]
MIDDLE = 50.0  # of the scale; subtracted before squaring, so that sums of squares keep digits


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """Estimates of several columns in every domain.

    Attributes:
        columns: position of each column in the estimates.
        estimates: shape (domains, columns).
        unseen: share of the variance left because not everybody answered, 0–1, same shape.
        low: lower ends of the intervals, same shape; ``high`` the upper ones.
    """

    columns: Mapping[str, int]
    estimates: Estimates
    unseen: Matrix
    low: Matrix
    high: Matrix


def items_of(
    items: Sequence[ScoredItem], answers: Answers, of: Partition | None = None
) -> Breakdown:
    """Return the score of every item, and the share of prevalence items, in every domain.

    Columns are ``s.CODE`` and, for prevalence items, ``p.CODE``.

    Args:
        items: scored questions.
        answers: of the wave.
        of: the domains; the agencies unless given. Rows past the last domain are of none.
    """
    of = answers.agencies if of is None else of
    names: list[str] = []
    columns: list[Vector] = []
    asked: list[Vector] = []
    for item in items:
        values = answers_of(answers.rows, item)
        concerned = answers.of_group(item.group) & applicable(answers.rows, item)
        names.append(f"s.{item.code}")
        columns.append(item_score(item, values))
        asked.append(of.counted(concerned)[: of.count].astype(np.float64))
        if item.prevalence:
            names.append(f"p.{item.code}")
            columns.append(np.where(np.isnan(values), np.nan, (values > item.minimum) * 1.0))
            asked.append(asked[-1])
    centres = [MIDDLE if name.startswith("s.") else 0.0 for name in names]
    order = ordered(of.domain, answers.stratum, answers.weight, of.count)
    estimates = estimate(ordered_sums(columns, order, centres), answers.strata)
    return _framed(names, estimates, np.stack(asked, axis=1) if asked else estimates.n)


def shares_of(columns: Mapping[str, Vector], answers: Answers) -> Breakdown:
    """Return the share of those who have 1 in a column, in every agency.

    Args:
        columns: of 0 and 1 by name, each shape (n,); NaN for whom it does not concern. The names
            of the result are ``p.NAME``.
        answers: of the wave.
    """
    of = answers.agencies
    order = ordered(of.domain, answers.stratum, answers.weight, of.count)
    estimates = estimate(
        ordered_sums(list(columns.values()), order, [0.0] * len(columns)), answers.strata
    )
    return _framed([f"p.{name}" for name in columns], estimates, np.maximum(estimates.n, 1))


def _framed(names: Sequence[str], estimates: Estimates, asked: Matrix) -> Breakdown:
    """Return the estimates with their intervals; ``asked`` counts whom each column concerned."""
    answered = estimates.n / np.maximum(asked, 1)
    unseen = unseen_share(estimates.variance, estimates.infinite_variance, answered)
    infinite_se = np.sqrt(estimates.infinite_variance)
    low, high = mean_intervals(estimates.value, infinite_se, estimates.effective_df, unseen)
    shares = np.array([name.startswith("p.") for name in names])
    if shares.any():
        own = share_intervals(
            estimates.value[:, shares],
            estimates.se[:, shares],
            estimates.n[:, shares],
            estimates.effective_df[:, shares],
        )
        low[:, shares], high[:, shares] = own
    columns = {name: number for number, name in enumerate(names)}
    return Breakdown(columns, estimates, unseen, low, high)


class Uncertainty(TypedDict):
    """What stands beside every estimate; the names are those of ``Score`` and ``Share``."""

    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int


def broken_down(breakdown: Breakdown, domain: int, name: str) -> tuple[float, Uncertainty]:
    """Return the estimate of a column in a domain, and its uncertainty."""
    column, table = breakdown.columns[name], breakdown.estimates
    return float(table.value[domain, column]), Uncertainty(
        se=float(table.variance[domain, column] ** 0.5),
        infinite_se=float(table.infinite_variance[domain, column] ** 0.5),
        unseen=float(breakdown.unseen[domain, column]),
        ci_low=float(breakdown.low[domain, column]),
        ci_high=float(breakdown.high[domain, column]),
        n=int(table.n[domain, column]),
        df=int(table.effective_df[domain, column]),
    )
