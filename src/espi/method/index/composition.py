"""The index from its components and corrections: one function for waves and for published rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from espi.method.estimation.linear import Estimate

Score = TypeVar("Score", float, Estimate)


def weighted(weights: Mapping[str, float], components: Mapping[str, Score]) -> Score:
    """Return the weighted composition of the components, before corrections (M11)."""
    first, *others = weights
    result = weights[first] * components[first]
    for name in others:
        result = result + weights[name] * components[name]
    return result


def index(raw: float, points: Mapping[str, float]) -> float:
    """Return the composition less the points of all corrections (M12)."""
    return raw - sum(points.values())
