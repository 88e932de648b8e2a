"""Design-based estimates that carry their own linearisation.

There is one primitive, the weighted total; everything else is arithmetic. Each operation applies
the chain rule to the influence values, so a ratio, an index or a change between waves gets a
Taylor variance without a formula of its own.

Source: Woodruff (1971), J. Am. Stat. Assoc. 66(334); Deville (1999), Survey Methodology 25(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Estimate:
    """A number, and how much each sampled row pulls on it.

    Attributes:
        value: the point estimate, in the unit of the target parameter.
        influence: shape (n,), same unit; the design variance of ``value`` is that of
            ``influence.sum()``, to first order.
    """

    value: float
    influence: Vector

    def __add__(self, other: Estimate) -> Estimate:
        return Estimate(self.value + other.value, self.influence + other.influence)

    def __sub__(self, other: Estimate) -> Estimate:
        return self + (-1.0) * other

    def __rmul__(self, factor: float) -> Estimate:
        return Estimate(factor * self.value, factor * self.influence)

    def __truediv__(self, other: Estimate) -> Estimate:
        quotient = self.value / other.value
        return Estimate(quotient, (self.influence - quotient * other.influence) / other.value)


def total(y: Vector, weight: Vector) -> Estimate:
    """Estimate a population total (M6); a domain is ``y`` set to 0 outside it, never rows left out.

    Args:
        y: shape (n,).
        weight: shape (n,), positive.
    """
    return Estimate(float(weight @ y), weight * y)


def mean(y: Vector, weight: Vector, within: NDArray[np.bool_]) -> Estimate:
    """Estimate the mean of ``y`` in the domain ``within``, all shape (n,) (M7).

    Values outside the domain may be missing (NaN): they are never looked at.

    Raises:
        ZeroDivisionError: the domain has no weight in the sample.
    """
    inside = within.astype(np.float64)
    return total(np.where(within, y, 0.0), weight) / total(inside, weight)
