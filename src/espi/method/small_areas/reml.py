"""Restricted maximum likelihood of one variance, found safely (docs/method, M33, M34).

Both models profile their likelihood down to one number: the variance between areas, or its ratio to
that between people. Its slope has the same form in both, and its root is bracketed on a grid over
eight powers of ten, so that no start value decides which maximum is taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from espi.method.errors import MethodError
from espi.method.estimation.kernel import Vector
from espi.method.small_areas.prediction import Covariates, FixedEffects
from espi.method.small_areas.scores import Fit

POWERS = 4  # of ten, to either side of the scale
STEPS = 100  # of the root finder, which halves its bracket at worst every third


class ModelUnusable(MethodError):
    """A model's variances cannot be had from these areas; ``fit`` says how it ended."""

    def __init__(self, fit: Fit) -> None:
        super().__init__(f"the model of small areas cannot be used: {fit.value}")
        self.fit = fit


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The restricted likelihood at one value of its variance.

    Attributes:
        deviance: −2 log likelihood, up to a constant.
        slope: returns its derivative, which costs as much again and is not always asked for.
        effects: the coefficients there.
        squares: weighted sum of squared residuals.
    """

    deviance: float
    slope: Callable[[], float]
    effects: FixedEffects
    squares: float


def determinant(covariates: Covariates, effects: FixedEffects) -> float:
    """Return log |Σ a z z'| of intercepts and covariates together."""
    _sign, minus = np.linalg.slogdet(effects.inverse)
    if covariates.by is None:
        return float(-minus)
    sums = covariates.by.summed(effects.weight)
    return float(np.log(sums[sums > 0]).sum() - minus)


def maximised(
    profile: Callable[[float], Profile], scale: float, steps: int = STEPS
) -> tuple[float, Fit]:
    """Return the variance of greatest restricted likelihood.

    Where that is zero, the adjusted likelihood, multiplied by the variance, has its maximum above
    zero, and is taken: a zero would say that areas cannot differ.

    Args:
        profile: of the likelihood, for a variance of zero and more.
        scale: a variance of the order that is looked for.
        steps: most steps of the root finder.

    Raises:
        ModelUnusable: no maximum within four powers of ten of the scale, or too many steps.

    Source: Li and Lahiri (2010), J. Multivariate Anal. 101(4); Rubin-Bleuer and You (2016), Survey
    Methodology 42(1).
    """
    grid = scale * np.concatenate([[0.0], np.logspace(-POWERS, POWERS, 2 * POWERS + 1)])
    profiles = [profile(value) for value in grid]
    plain = np.array([each.deviance for each in profiles])
    best = int(np.argmin(plain))
    if best > 0 or profiles[0].slope() < 0:
        return _root(lambda t: profile(t).slope(), grid, best, steps), Fit.CONVERGED
    adjusted = plain[1:] - 2 * np.log(grid[1:])
    best = 1 + int(np.argmin(adjusted))
    return _root(lambda t: profile(t).slope() - 2 / t, grid[1:], best - 1, steps), Fit.AT_ZERO


def _root(slope: Callable[[float], float], grid: Vector, best: int, steps: int) -> float:
    """Return where the slope is zero, between the neighbours of the best value of the grid."""
    from scipy.optimize import brentq  # takes longer to import than most commands run

    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    if not slope(low) < 0 < slope(high):
        raise ModelUnusable(Fit.NOT_CONVERGED)
    try:
        if low <= 0:
            return float(brentq(slope, low, high, xtol=1e-12 * high, rtol=1e-12, maxiter=steps))
        # Over a power of ten the slope is nearer to a line in the logarithm: half the steps.
        log = brentq(
            lambda s: slope(np.exp(s)), np.log(low), np.log(high), xtol=1e-11, maxiter=steps
        )
        return float(np.exp(log))
    except RuntimeError as error:
        raise ModelUnusable(Fit.NOT_CONVERGED) from error


def information(covariates: Covariates, weight: Vector, first: Vector, second: Vector) -> float:
    """Return tr(P F P G) with diagonal F and G, intercepts taken out of P; twice an information.

    Args:
        covariates: for the agencies; the loss through the few other coefficients is left out, as
            in the formulas of Prasad and Rao.
        weight: a = 1 / variance of each area, shape (m,).
        first: diagonal of F, the derivative of the areas' variances, shape (m,).
        second: diagonal of G.
    """
    both = weight**2 * first * second
    whole = float(both.sum())
    if covariates.by is None:
        return whole
    by = covariates.by
    sums = by.summed(weight)
    per = np.divide(1.0, sums, out=np.zeros_like(sums), where=sums > 0)
    lost = 2 * by.summed(both * weight) * per
    back = by.summed(weight**2 * first) * by.summed(weight**2 * second) * per**2
    return float(whole - lost.sum() + back.sum())
