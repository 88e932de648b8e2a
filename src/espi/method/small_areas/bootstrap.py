"""Mean squared errors of areas by drawing from the fitted model and fitting again (M35).

Beside the second-order formulas, as a check that needs no expansion; a national wave takes minutes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Vector
from espi.method.small_areas.fay_herriot import AreaEstimates, FayHerriot, fay_herriot
from espi.method.small_areas.nested_error import (
    NestedError,
    Units,
    Weighted,
    nested_error,
    pseudo_eblup,
)
from espi.method.small_areas.prediction import Covariates, Prediction, Uncertainty, predict
from espi.method.small_areas.reml import ModelUnusable


@dataclass(frozen=True, slots=True, eq=False)
class BootstrapErrors:
    """Mean squared errors over replicates, in points squared, each shape (m,).

    Attributes:
        mse: of the predictor.
        benchmarked: after the areas of an agency were made to add up.
        contrast_mse: of an area less its agency.
        used: replicates in which the model could be fitted.
    """

    mse: Vector
    benchmarked: Vector
    contrast_mse: Vector
    used: int


@dataclass(frozen=True, slots=True, eq=False)
class Replication:
    """How often to draw, and of which areas.

    Attributes:
        replicates: how many.
        rng: of everything that is drawn.
        covariates: of the areas.
        share: part of each area in its agency, shape (m,).
        by: the agencies.
    """

    replicates: int
    rng: np.random.Generator
    covariates: Covariates
    share: Vector
    by: Partition


def of_area_level(model: FayHerriot, estimates: AreaEstimates, how: Replication) -> BootstrapErrors:
    """Return the errors of the area-level model; variances that were estimated are drawn, too.

    Args:
        model: fitted to the estimates.
        estimates: of the areas.
        how: to draw.

    Source: Butar and Lahiri (2003), J. Stat. Plan. Inference 112.
    """
    finite = np.isfinite(estimates.df)
    df = np.where(finite, estimates.df, 1.0)

    def draw() -> tuple[Vector, Prediction]:
        truth, y = _truth_and_mean(model.effects.fitted, model.uncertainty, how.rng)
        worth = np.where(finite, how.rng.chisquare(df) / df, 1.0)
        again = replace(estimates, y=y, variance=estimates.variance * worth)
        fitted = fay_herriot(again, how.covariates)
        return truth, predict(y, fitted.effects, fitted.uncertainty, how.share, how.by)

    return _averaged(draw, how)


def of_unit_level(
    model: NestedError, units: Units, means: Weighted, how: Replication
) -> BootstrapErrors:
    """Return the errors of the unit-level model with design weights and covariates of areas.

    Args:
        model: fitted to the people.
        units: these people.
        means: their weighted means.
        how: to draw.

    Source: González-Manteiga, Lombardía, Molina, Morales and Santamaría (2008), J. Stat. Comput.
    Simul. 78(5).
    """
    pseudo = pseudo_eblup(model, means, how.covariates)
    fitted, uncertainty = pseudo.effects.fitted, pseudo.uncertainty
    # The plain mean given the weighted one: their covariance is that of the plain mean with itself.
    slope = 1 / (units.n * means.concentration)
    left = np.maximum(1 - slope, 0.0) * model.person_variance / units.n

    def draw() -> tuple[Vector, Prediction]:
        rng = how.rng
        level = fitted + np.sqrt(model.area_variance) * rng.standard_normal(fitted.size)
        seen, unseen = (1 - means.unseen) * uncertainty.infinite, uncertainty.psi
        truth = level + np.sqrt(seen) * rng.standard_normal(fitted.size)
        y = truth + np.sqrt(unseen) * rng.standard_normal(fitted.size)
        plain = level + slope * (y - level) + np.sqrt(left) * rng.standard_normal(fitted.size)
        square = model.person_variance * rng.chisquare(model.people)
        again = nested_error(replace(units, mean=plain, square=float(square)), how.covariates)
        refitted = pseudo_eblup(again, replace(means, y=y), how.covariates)
        prediction = predict(y, refitted.effects, refitted.uncertainty, how.share, how.by)
        return truth, prediction

    return _averaged(draw, how)


def _truth_and_mean(
    fitted: Vector, uncertainty: Uncertainty, rng: np.random.Generator
) -> tuple[Vector, Vector]:
    """Return drawn true scores of the areas' people, and direct estimates of them."""
    of_truth = uncertainty.area_variance + uncertainty.infinite - uncertainty.psi
    truth = fitted + np.sqrt(of_truth) * rng.standard_normal(fitted.size)
    return truth, truth + np.sqrt(uncertainty.psi) * rng.standard_normal(fitted.size)


def _averaged(draw: Callable[[], tuple[Vector, Prediction]], how: Replication) -> BootstrapErrors:
    squares = np.zeros((3, how.share.size))
    used = 0
    for _replicate in range(how.replicates):
        try:
            truth, prediction = draw()
        except ModelUnusable:
            continue
        used += 1
        whole = how.by.summed(how.share * truth)[how.by.domain]
        squares[0] += (prediction.value - truth) ** 2
        squares[1] += (prediction.value + prediction.total_shift - truth) ** 2
        squares[2] += (prediction.contrast - (truth - whole)) ** 2
    mse, benchmarked, contrast = squares / max(used, 1) if used else squares * np.nan
    return BootstrapErrors(mse, benchmarked, contrast, used)
