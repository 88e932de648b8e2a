"""The three distances of calibration, which decide how far weights may move (docs/method, M21).

Source: Deville and Särndal (1992), cases 1, 2 and 6 of their table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from espi.method.estimation.kernel import Vector


class Distance(Protocol):
    """A function F with F(0) = 1 and F'(0) = 1 that turns Σ x·λ into a factor on the weight.

    Attributes:
        name: for messages.
        allows_negative: factors below zero are no sign of failure.
    """

    @property
    def name(self) -> str: ...

    @property
    def allows_negative(self) -> bool: ...

    def factor(self, u: Vector) -> Vector:
        """Return F(u), shape as u."""

    def derivative(self, u: Vector) -> Vector:
        """Return F'(u), shape as u."""


@dataclass(frozen=True, slots=True)
class Linear:
    """F(u) = 1 + u: the generalised regression estimator; weights may turn negative."""

    name: str = "linear calibration"
    allows_negative: bool = True

    def factor(self, u: Vector) -> Vector:
        """Return 1 + u."""
        return 1 + u

    def derivative(self, u: Vector) -> Vector:
        """Return 1."""
        return np.ones_like(u)


@dataclass(frozen=True, slots=True)
class Raking:
    """F(u) = exp(u): iterative proportional fitting; weights stay positive."""

    name: str = "raking"
    allows_negative: bool = False

    def factor(self, u: Vector) -> Vector:
        """Return exp(u)."""
        with np.errstate(over="ignore"):
            return np.exp(u)

    def derivative(self, u: Vector) -> Vector:
        """Return exp(u)."""
        return self.factor(u)


@dataclass(frozen=True, slots=True)
class Logit:
    """Bounded raking: every factor stays strictly between ``low`` < 1 and ``high`` > 1."""

    low: float
    high: float
    name: str = "bounded logit calibration"
    allows_negative: bool = False

    @property
    def _steepness(self) -> float:
        return (self.high - self.low) / ((1 - self.low) * (self.high - 1))

    def factor(self, u: Vector) -> Vector:
        """Return the logistic curve through (0, 1) between the bounds."""
        grown = np.exp(np.clip(self._steepness * u, -700, 700))
        top = self.low * (self.high - 1) + self.high * (1 - self.low) * grown
        return top / (self.high - 1 + (1 - self.low) * grown)

    def derivative(self, u: Vector) -> Vector:
        """Return the slope of the curve."""
        factor = self.factor(u)
        span = (1 - self.low) * (self.high - 1)
        # At a bound the slope is zero; rounding must not make it less.
        return np.maximum((factor - self.low) * (self.high - factor), 0.0) / span
