"""The national figure."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt
from typing import Any

from espi.method.estimation.intervals import mean_interval


def national(results: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """Return the plain mean of the agencies that have an index (M15).

    The agencies' samples are independent, so the variance is the sum of theirs over k².
    Nothing where no agency has an index.
    """
    shown = [result for result in results if result["index"] is not None]
    if not shown:
        return None
    k = len(shown)
    value = sum(result["index"] for result in shown) / k
    se = sqrt(sum(result["se"] ** 2 for result in shown)) / k
    low, high = mean_interval(value, se, sum(result["df"] for result in shown))
    return {"index": value, "se": se, "ci_low": low, "ci_high": high, "agencies": k}
