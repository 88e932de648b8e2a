"""Quantiles, with Woodruff's interval (docs/method, M19)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import fsum

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.intervals import t_quantile
from espi.method.estimation.linear import Estimate, Vector, mean
from espi.method.estimation.lonely import Lonely
from espi.method.estimation.variance import Design, standard_error

DRIFT = 1e-9  # more than the error of a running sum of a few million weights, relative
ROUNDED = 1e-12  # weights such as N/n are rounded themselves: sums this near are taken as equal


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile with its interval; NaN where the interval runs out of the data.

    Attributes:
        se: length of the interval over twice the t quantile.
    """

    value: float
    se: float
    low: float
    high: float


def weighted_quantile(y: Vector, weight: Vector, p: float) -> float:
    """Return the least y at which the weighted share of values up to it reaches p (M19).

    Halfway between two values none is averaged: R's ``qrule = "math"``.

    Args:
        y: shape (n,), no missing values.
        weight: shape (n,), positive.
        p: 0–1.
    """
    order = np.argsort(y, kind="stable")
    values, weights = y[order], weight[order]
    wanted = p * fsum(weights)
    # A running sum drifts by some rounding errors, and half of the weight is often met exactly: a
    # plain comparison then takes the next value. So start a little early and compare exact sums.
    at = int(np.searchsorted(np.cumsum(weights), wanted * (1 - DRIFT)))
    reached, enough = fsum(weights[: at + 1]), wanted * (1 - ROUNDED)
    while reached < enough and at < values.size - 1:
        at += 1
        reached = fsum((reached, weights[at]))
    return float(values[min(at, values.size - 1)])


def quantile(
    y: Vector,
    weight: Vector,
    within: NDArray[np.bool_],
    design: Design,
    p: float,
    *,
    lonely: Lonely = Lonely.FAIL,
    df: int,
) -> Quantile:
    """Estimate the p-quantile of ``y`` in the domain ``within`` (M19).

    The share of values up to the quantile has a t interval; its ends are turned back into values.

    Args:
        y: shape (n,); values outside the domain may be missing (NaN).
        weight: shape (n,), positive.
        within: the rows of the domain that have a value, at least one, shape (n,).
        design: of the whole sample.
        p: 0–1.
        lonely: the rule for strata of one cluster.
        df: degrees of freedom of the interval, 1 or more.

    Raises:
        LonelyPSU: a stratum has a single cluster and more people, and the rule is to refuse.

    Source: Woodruff (1952), J. Am. Stat. Assoc. 47(260); R survey ``svyquantile``, interval type
    ``mean``.
    """

    def error(up_to: Estimate) -> float:
        return standard_error(up_to, design, lonely)

    return woodruff(y[within], weight, within, p, (error, float(t_quantile(df))))


def woodruff(
    y: Vector,
    weight: Vector,
    within: NDArray[np.bool_],
    p: float,
    uncertainty: tuple[Callable[[Estimate], float], float],
) -> Quantile:
    """Estimate a quantile, with whatever says the standard error of a share (M19).

    Args:
        y: values of the rows ``within``, in their order, none missing.
        weight: of all rows, shape (n,).
        within: the rows of the domain, at least one, shape (n,).
        p: 0–1.
        uncertainty: what gives the standard error of an estimate, and the t quantile of the
            interval.
    """
    error, t = uncertainty
    value = weighted_quantile(y, weight[within], p)
    below = np.zeros(weight.size)
    below[within] = y <= value
    up_to = mean(below, weight, within)
    half = t * error(up_to)
    ends = [up_to.value - half, up_to.value + half]
    low, high = (
        weighted_quantile(y, weight[within], end) if 0 <= end <= 1 else float("nan") for end in ends
    )
    return Quantile(value, (high - low) / (2 * t), low, high)
