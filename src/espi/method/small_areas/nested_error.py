"""The unit-level nested-error model, and its predictor with design weights (docs/method, M34)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Vector
from espi.method.small_areas.fay_herriot import LEAST_SPARE, worth
from espi.method.small_areas.prediction import (
    Covariates,
    FixedEffects,
    Uncertainty,
    fixed_effects,
    products,
)
from espi.method.small_areas.reml import (
    STEPS,
    ModelUnusable,
    Profile,
    determinant,
    information,
    maximised,
)
from espi.method.small_areas.scores import Fit

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """The people of m areas, as far as the model looks at them.

    Attributes:
        n: people of each area, at least one, shape (m,).
        mean: their unweighted mean, shape (m,).
        square: Σ (y − mean)² over all of them.
        within: Σ of products of the covariates, and of these with y, about the means of areas,
            shape (p, p + 1); zero where covariates are of areas and not of people.
    """

    n: Vector
    mean: Vector
    square: float
    within: Matrix


def units_of(y: Vector, x: Matrix, of: Partition) -> tuple[Units, Matrix]:
    """Return the sums of people with covariates of their own, and these' means by area (m, p).

    Args:
        y: of each person, shape (n,).
        x: shape (n, p).
        of: the area of each; none is empty.
    """
    n = of.summed(np.ones_like(y))
    means = np.stack([of.summed(column) / n for column in np.column_stack([x, y]).T], axis=1)
    gaps = np.column_stack([x, y]) - means[of.domain]
    within = products(gaps, gaps)
    return Units(n, means[:, -1], float(within[-1, -1]), within[:-1]), means[:, :-1]


@dataclass(frozen=True, slots=True, eq=False)
class NestedError:
    """A fitted unit-level model: y = z'b + v + e, v per area and e per person.

    Attributes:
        fit: how it ended.
        area_variance: of v, in points squared.
        person_variance: of e.
        covariance: of the two estimates, shape (2, 2).
        effects: b, by generalised least squares on unweighted people.
        people: all of them, less areas: degrees of freedom of ``person_variance``.
    """

    fit: Fit
    area_variance: float
    person_variance: float
    covariance: Matrix
    effects: FixedEffects
    people: float


def nested_error(units: Units, covariates: Covariates, steps: int = STEPS) -> NestedError:
    """Fit the unit-level model.

    Args:
        units: people of the areas.
        covariates: means of the areas, linearly independent.
        steps: most steps of the search.

    Raises:
        ModelUnusable: too few areas or people, no differences between people, or the search does
            not end.

    Source: Battese, Harter and Fuller (1988), J. Am. Stat. Assoc. 83(401); restricted likelihood
    with person variance profiled out. *Check*: corn and soybeans in R ``sae``; R ``lme4``.
    """
    n, coefficients = units.n, covariates.x.shape[1] + covariates.intercepts
    spare = float(n.sum()) - coefficients
    if n.size - coefficients < LEAST_SPARE or spare <= n.size:
        raise ModelUnusable(Fit.TOO_FEW_AREAS)
    if units.square <= 0:
        raise ModelUnusable(Fit.NO_SPREAD)
    own = units.within.copy()

    def profile(ratio: float) -> Profile:
        weight = n / (1 + ratio * n)
        effects = fixed_effects(units.mean, covariates, weight, own)
        residual = units.mean - effects.fitted
        b = effects.coefficients
        left = units.square - 2 * float(b @ own[:, -1]) + float(b @ own[:, :-1] @ b)
        squares = left + float(weight @ residual**2)
        deviance = float(np.log1p(ratio * n).sum()) + spare * np.log(squares)
        deviance += determinant(covariates, effects)

        def slope() -> float:
            pull = weight**2 * (effects.leverage + spare * residual**2 / squares)
            return float((weight - pull).sum())

        return Profile(float(deviance), slope, effects, squares)

    ratio, fit = maximised(profile, float(np.median(1 / n)), steps)
    at = profile(ratio)
    person = at.squares / spare
    people = float(n.sum()) - n.size
    covariance = _covariance(covariates, at.effects.weight / person, n, people / person**2)
    return NestedError(fit, ratio * person, person, covariance, at.effects, people)


def _covariance(covariates: Covariates, weight: Vector, n: Vector, inside: float) -> Matrix:
    """Return the asymptotic covariance of both variances, shape (2, 2)."""
    ones = np.ones_like(n)
    vv = information(covariates, weight, ones, ones)
    ve = information(covariates, weight, ones, 1 / n)
    ee = information(covariates, weight, 1 / n, 1 / n) + inside
    return 2 * np.linalg.inv(np.array([[vv, ve], [ve, ee]]))


@dataclass(frozen=True, slots=True, eq=False)
class Pseudo:
    """The pseudo-EBLUP of You and Rao: what ``predict`` needs, and degrees of freedom, (m,)."""

    effects: FixedEffects
    uncertainty: Uncertainty
    df: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Weighted:
    """Weighted means of m areas, each shape (m,).

    Attributes:
        y: the means.
        concentration: δ = Σ w² / (Σ w)².
        unseen: share u of the variance that is left because not everybody answered, 0–1.
        weight: Σ w, on any scale that is the same within an agency.
    """

    y: Vector
    concentration: Vector
    unseen: Vector
    weight: Vector


def pseudo_eblup(model: NestedError, means: Weighted, covariates: Covariates) -> Pseudo:
    """Return the predictor that uses design weights in the means and in the coefficients.

    With covariates of areas only. In an infinite population, an agency's areas then add up to its
    direct estimate by themselves, if their shares are those of the weights. With equal weights it
    is the EBLUP.

    Args:
        model: fitted to the same areas.
        means: of these areas.
        covariates: of the areas.

    Source: You and Rao (2002), Can. J. Stat. 30(3); for people who were seen: Rao and Molina
    (2015), Small Area Estimation, section 7.1.
    """
    between, person, unseen = model.area_variance, model.person_variance, means.unseen
    variance = person * means.concentration
    whole = between + variance
    doubt = unseen * variance / whole
    effects = fixed_effects(means.y, covariates, means.weight * variance / whole)
    by_between = -unseen * variance / whole**2
    by_person = unseen * between * means.concentration / whole**2
    of_doubt = _propagated(by_between, by_person, model.covariance)
    uncertainty = Uncertainty(variance, unseen, between, of_doubt * whole, np.zeros_like(doubt))
    by_person = unseen * means.concentration * (1 - doubt - doubt * between / whole)
    spread = _propagated(doubt**2, by_person, model.covariance)
    return Pseudo(effects, uncertainty, worth((1 - doubt) * unseen * variance, spread))


def _propagated(first: Vector, second: Vector, covariance: Matrix) -> Vector:
    """Return the variance of first · a + second · b, a and b having this covariance, (m,)."""
    shared = 2 * first * second * covariance[0, 1]
    result: Vector = first**2 * covariance[0, 0] + second**2 * covariance[1, 1] + shared
    return result
