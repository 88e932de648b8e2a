"""The area-level model of Fay and Herriot, by restricted maximum likelihood (docs/method, M33)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.estimation.kernel import Vector
from espi.method.small_areas.prediction import Covariates, FixedEffects, Uncertainty, fixed_effects
from espi.method.small_areas.reml import (
    STEPS,
    ModelUnusable,
    Profile,
    determinant,
    information,
    maximised,
)
from espi.method.small_areas.scores import Fit

LEAST_SPARE = 5  # areas more than coefficients: fewer say nothing about a variance


@dataclass(frozen=True, slots=True, eq=False)
class FayHerriot:
    """A fitted area-level model: y = z'b + v + e, with v of one variance and e of known ones.

    Attributes:
        fit: how it ended.
        area_variance: of v, in points squared.
        variance_of_it: of the estimate of ``area_variance``.
        effects: b, by generalised least squares.
        uncertainty: what ``predict`` needs.
        df: degrees of freedom of each area's interval (Satterthwaite), shape (m,).
        variance_df: those that each direct variance is worth, shape (m,).
    """

    fit: Fit
    area_variance: float
    variance_of_it: float
    effects: FixedEffects
    uncertainty: Uncertainty
    df: Vector
    variance_df: Vector


@dataclass(frozen=True, slots=True, eq=False)
class AreaEstimates:
    """Direct estimates of m areas with their variances, each shape (m,).

    Attributes:
        y: the estimates.
        variance: φ, positive, as if the population were infinite, in the unit of ``y`` squared.
        df: degrees of freedom that each variance is worth; infinite where it is taken as true.
        unseen: share u of the variance that is left because not everybody answered, 0–1.
    """

    y: Vector
    variance: Vector
    df: Vector
    unseen: Vector


def taken_as_true(y: Vector, variance: Vector) -> AreaEstimates:
    """Return estimates whose variances are taken as true, of an infinite population."""
    ones = np.ones_like(y)
    return AreaEstimates(y, variance, np.inf * ones, ones)


def fay_herriot(estimates: AreaEstimates, covariates: Covariates, steps: int = STEPS) -> FayHerriot:
    """Fit the area-level model.

    Args:
        estimates: of the areas.
        covariates: linearly independent.
        steps: most steps of the search.

    Raises:
        ModelUnusable: too few areas, or the search does not end.

    Source: Fay and Herriot (1979), J. Am. Stat. Assoc. 74(366); Datta and Lahiri (2000), Stat.
    Sinica 10(2); for variances that are themselves
    estimated: Rivest and Vandal (2003), Proc. ICRASS, which a
    second-order expansion gives again (M33). *Check*: the milk data of R ``sae``.
    """
    y, variance = estimates.y, estimates.variance
    if y.size - covariates.x.shape[1] - covariates.intercepts < LEAST_SPARE:
        raise ModelUnusable(Fit.TOO_FEW_AREAS)

    def profile(between: float) -> Profile:
        weight = 1 / (variance + between)
        effects = fixed_effects(y, covariates, weight)
        residual = y - effects.fitted
        squares = float(weight @ residual**2)
        deviance = determinant(covariates, effects) + squares - float(np.log(weight).sum())

        def slope() -> float:
            pull = weight**2 * (effects.leverage + residual**2)
            return float((weight - pull).sum())

        return Profile(deviance, slope, effects, squares)

    between, fit = maximised(profile, float(np.median(variance)), steps)
    effects = profile(between).effects
    ones = np.ones_like(y)
    of_between = 2 / information(covariates, effects.weight, ones, ones)
    uncertainty, df = _uncertainty(estimates, between, of_between)
    return FayHerriot(fit, between, of_between, effects, uncertainty, df, estimates.df)


def _uncertainty(
    estimates: AreaEstimates, between: float, of_between: float
) -> tuple[Uncertainty, Vector]:
    """Return what follows from the errors of both variances, with degrees of freedom, (m,)."""
    variance, unseen = estimates.variance, estimates.unseen
    whole = variance + between
    of_variance = 2 * variance**2 / estimates.df
    doubt, scale = unseen * variance / whole, unseen**2 / whole**3
    uncertainty = Uncertainty(
        infinite=variance,
        unseen=unseen,
        area_variance=between,
        by_estimation=scale * variance**2 * of_between,
        by_psi=scale * between**2 * of_variance,
    )
    by_variance = unseen * (1 - doubt - doubt * between / whole)
    spread = by_variance**2 * of_variance + doubt**4 * of_between
    return uncertainty, worth((1 - doubt) * unseen * variance, spread)


def worth(error: Vector, variance: Vector) -> Vector:
    """Return degrees of freedom 2 e² / V of estimated mean squared errors e, shape (m,).

    Source: Satterthwaite (1946), Biometrics Bulletin 2(6).
    """
    df = np.full_like(error, np.inf)
    return np.divide(2 * error**2, variance, out=df, where=variance > 0)
