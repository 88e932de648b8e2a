"""The national figure."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from espi.method.estimation.intervals import mean_interval
from espi.method.index.document import IndexEstimate, NationalResult


def national(estimates: Sequence[IndexEstimate]) -> NationalResult | None:
    """Return the plain mean of the agencies' indices (M15); None where no agency has an index.

    The agencies' samples are independent, so the variance is the sum of theirs over k².
    """
    if not estimates:
        return None
    k = len(estimates)
    value = sum(estimate.index for estimate in estimates) / k
    se = sqrt(sum(estimate.se**2 for estimate in estimates)) / k
    low, high = mean_interval(value, se, sum(estimate.df for estimate in estimates))
    return NationalResult(index=value, se=se, ci_low=low, ci_high=high, agencies=k)
