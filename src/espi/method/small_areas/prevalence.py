"""How many people of an area saw, were asked or gave: shares beside the scores (M7, M10, M31)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.from_sums import estimate
from espi.method.estimation.intervals import share_intervals
from espi.method.estimation.kernel import Index
from espi.method.estimation.ordered_sums import ordered, ordered_sums
from espi.method.small_areas.direct import Sampled
from espi.method.small_areas.layout import AreaLayout

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class AreaShares:
    """Direct shares of m areas for k questions, each array shape (m, k).

    No model smooths them: what people say happened in an area is told of that area alone.

    Attributes:
        items: codes of the questions.
        value: share, 0–1; NaN where nobody of the area answered.
        se: standard error with finite population correction, 0–1.
        low: lower end of the 95 % interval (Korn and Graubard), 0–1; ``high`` the upper one.
        n: people behind the share.
        df: degrees of freedom of the standard error.
    """

    items: tuple[str, ...]
    value: Matrix
    se: Matrix
    low: Matrix
    high: Matrix
    n: Index
    df: Index


def area_shares(
    sampled: Sampled, layout: AreaLayout, items: Sequence[str], answers: Matrix
) -> AreaShares:
    """Return the share of people who said yes, in all areas and for all questions at once.

    Args:
        sampled: weights and strata of all rows of the wave.
        layout: the areas of one respondent group.
        items: codes of the k questions.
        answers: 1 for yes, 0 for no, NaN where there is no answer, shape (n, k).

    Raises:
        LonelyPSU: a stratum has a single respondent and no sibling to be joined to.
    """
    order = ordered(layout.of.domain, sampled.stratum, sampled.weight, layout.agency.size)
    columns = [np.ascontiguousarray(column) for column in answers.T]
    estimates = estimate(ordered_sums(columns, order, [0.0] * len(columns)), sampled.strata)
    low, high = share_intervals(estimates.value, estimates.se, estimates.n, estimates.effective_df)
    return AreaShares(
        items=tuple(items),
        value=estimates.value,
        se=estimates.se,
        low=low,
        high=high,
        n=estimates.n.astype(np.int64),
        df=estimates.effective_df,
    )
