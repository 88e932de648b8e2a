"""What is known of the score of each service area, by a model or directly (M31 to M36)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.kernel import Vector


class Model(StrEnum):
    """Which estimate was used (M36)."""

    DIRECT = "direct"
    AREA_LEVEL = "area-level"  # Fay and Herriot
    UNIT_LEVEL = "unit-level"  # Battese, Harter and Fuller; You and Rao


class Fit(StrEnum):
    """How the estimation of a model's variances ended; all but two fall back to direct (M36)."""

    CONVERGED = "converged"
    AT_ZERO = "at-zero"  # no difference between areas beyond chance: the adjusted estimate serves
    NO_SPREAD = "no-spread"  # all people of an area gave the same score, in every area
    TOO_FEW_AREAS = "too-few-areas"
    NOT_CONVERGED = "not-converged"

    @property
    def usable(self) -> bool:
        """Whether the model may be used."""
        return self in {Fit.CONVERGED, Fit.AT_ZERO}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class AreaScores:
    """One target of the m areas of a layout, each array shape (m,).

    NaN where an area has no score: nobody answered, or fewer than the rule of the choice asks for.

    Attributes:
        target: code of the component or dimension.
        model: the estimate that was used.
        fit: how each model that was tried ended.
        value: score of 0–100; the areas of an agency, by ``share``, add up to its direct score.
        mse: mean squared error of ``value``, in points squared.
        df: degrees of freedom of the interval; infinite for the normal one.
        low: lower end of the 95 % interval, 0–100; ``high`` the upper one.
        trust: weight of the direct estimate in ``value``, 0–1; 1 is the direct estimate.
        synthetic: what the model expects of an area of this category and agency, in points.
        contrast: score less that of the whole agency, in points.
        contrast_mse: its mean squared error; holds that an area is a part of its agency.
        share: part of the area in the areas of its agency that have a score, 0–1.
        residual: standardised difference of the direct estimate from ``synthetic``; NaN under
            ``Model.DIRECT``.
        shift: points added to every area of the agency to make them add up (M35).
        variance: of the direct estimate as if the population were infinite, as the estimate used
            it, in points squared.
        variance_df: degrees of freedom that it is worth.
        unseen: share of it that is left because not everybody answered, 0–1.
        area_variance: variance between areas, in points squared; NaN under ``Model.DIRECT``.
        person_variance: between people; NaN but under ``Model.UNIT_LEVEL``.
        coefficients: of the covariates, by name, in points.
    """

    target: str
    model: Model
    fit: dict[Model, Fit]
    value: Vector
    mse: Vector
    df: Vector
    low: Vector
    high: Vector
    trust: Vector
    synthetic: Vector
    contrast: Vector
    contrast_mse: Vector
    share: Vector
    residual: Vector
    shift: Vector
    variance: Vector
    variance_df: Vector
    unseen: Vector
    area_variance: float
    person_variance: float
    coefficients: dict[str, float]

    @property
    def se(self) -> Vector:
        """Root of the mean squared error, in points, shape (m,)."""
        return np.sqrt(self.mse)

    @property
    def estimated(self) -> NDArray[np.bool_]:
        """Which areas have a score, shape (m,)."""
        return ~np.isnan(self.value)
