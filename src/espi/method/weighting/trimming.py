"""Cuts extreme weights, and gives what was cut to the others (docs/method, M23)."""

from __future__ import annotations

import numpy as np

from espi.method.errors import ImpossibleDesign
from espi.method.estimation.kernel import Vector


def trim(weight: Vector, low: float, high: float) -> Vector:
    """Return weights within ``low`` and ``high`` with the same sum, shape (n,).

    What is cut off goes in equal amounts to the weights that were within and can take it; this is
    repeated until none is outside.

    Args:
        weight: shape (n,), positive.
        low: least weight.
        high: largest weight.

    Raises:
        ImpossibleDesign: no weights within the bounds have that sum.

    Source: R survey ``trimWeights(strict = TRUE)``.
    """
    whole = weight.sum()
    if not weight.size * low <= whole <= weight.size * high:
        raise ImpossibleDesign(
            f"{weight.size} weights between {low:g} and {high:g} cannot sum to {whole:g}"
        )
    while (outside := (weight < low) | (weight > high)).any():
        weight = np.clip(weight, low, high)
        spare = whole - weight.sum()
        takes = ~outside & ((weight < high) if spare > 0 else (weight > low))
        takes = takes if takes.any() else np.ones_like(takes)
        weight = np.where(takes, weight + spare / takes.sum(), weight)
    return weight
