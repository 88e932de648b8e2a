"""From predictions of the areas that have answers to the scores of all areas (M31, M35, M36)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition
from espi.method.estimation.intervals import TOP, logit_intervals, mean_intervals
from espi.method.estimation.kernel import Index, Vector
from espi.method.small_areas.direct import DirectScores
from espi.method.small_areas.layout import AreaLayout
from espi.method.small_areas.prediction import (
    Covariates,
    FixedEffects,
    Uncertainty,
    fixed_effects,
    predict,
)
from espi.method.small_areas.scores import AreaScores, Fit, Model


@dataclass(frozen=True, slots=True, eq=False)
class Answered:
    """The areas in which somebody has a score of one target, a of the m areas of a layout.

    Attributes:
        position: of these areas in the layout, shape (a,).
        by: their agencies.
        y: direct estimates, 0–100, shape (a,).
        n: people behind them.
        df: degrees of freedom of their standard errors.
        infinite_se: as if the population were infinite, in points.
        unseen: share of that variance that is left, 0–1.
        concentration: Σ w² / (Σ w)².
        share: part of the area in its agency, 0–1.
        spread: variance of people's scores, in points squared; NaN with one person.
        places: m, the areas of the layout.
    """

    position: Index
    by: Partition
    y: Vector
    n: Index
    df: Index
    infinite_se: Vector
    unseen: Vector
    concentration: Vector
    share: Vector
    spread: Vector
    places: int

    @property
    def psi(self) -> Vector:
        """Direct variance that is left in a finite population, in points squared, shape (a,)."""
        return self.unseen * self.infinite_se**2


def answered_areas(direct: DirectScores, layout: AreaLayout, target: int) -> Answered:
    """Return the areas in which somebody has a score of the target at this position."""
    position = np.flatnonzero(direct.n[:, target] > 0)

    def taken(table: NDArray[np.float64]) -> Vector:
        return np.ascontiguousarray(table[position, target])

    return Answered(
        position=position,
        by=Partition(layout.agency[position], layout.agencies),
        y=taken(direct.value),
        n=direct.n[position, target],
        df=direct.df[position, target],
        infinite_se=taken(direct.infinite_se),
        unseen=taken(direct.unseen),
        concentration=taken(direct.concentration),
        share=taken(direct.share),
        spread=taken(direct.spread),
        places=layout.agency.size,
    )


def by_direct(target: str, areas: Answered, fit: Mapping[Model, Fit]) -> AreaScores:
    """Return the direct estimates, with the intervals of M10, as scores of areas (M31, M36).

    An area of one person has no variance: its error and its interval's ends are those of a
    person who may have said anything, 0–100.

    Args:
        target: its code.
        areas: that have answers.
        fit: how the models that were tried ended.
    """
    psi = np.where(areas.n > 1, areas.psi, ANYTHING)
    nothing = np.zeros_like(psi)
    covariates = Covariates(np.zeros((psi.size, 0)), ())
    effects = fixed_effects(areas.y, covariates, np.ones_like(psi))
    uncertainty = Uncertainty(psi, np.inf, nothing, nothing)
    low, high = mean_intervals(areas.y, areas.infinite_se, areas.df, areas.unseen)
    alone = areas.n <= 1
    return _framed(
        Head(target, Model.DIRECT, dict(fit), np.nan, {}),
        areas,
        effects,
        uncertainty,
        Ends(
            areas.df.astype(np.float64),
            np.where(alone, 0.0, low),
            np.where(alone, TOP, high),
        ),
    )


def by_model(
    head: Head, areas: Answered, effects: FixedEffects, uncertainty: Uncertainty, df: Vector
) -> AreaScores:
    """Return the scores that a model gives, made to add up, with intervals in log-odds (M35).

    Args:
        head: what is said of all areas.
        areas: that have answers.
        effects: of the model, from these areas.
        uncertainty: of its variances.
        df: degrees of freedom of the intervals, shape (a,).
    """
    return _framed(head, areas, effects, uncertainty, Ends(df, None, None))


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What is the same for all areas; the names are those of ``AreaScores``."""

    target: str
    model: Model
    fit: dict[Model, Fit]
    area_variance: float
    coefficients: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """Degrees of freedom and ends of the intervals; without ends they follow from the error."""

    df: Vector
    low: Vector | None
    high: Vector | None


ANYTHING = 2500.0  # points squared: the greatest variance of a score of 0–100, half at either end
NEAREST = 1e-6  # share of the scale: log-odds need a score inside it


def _framed(
    head: Head, areas: Answered, effects: FixedEffects, uncertainty: Uncertainty, ends: Ends
) -> AreaScores:
    prediction = predict(areas.y, effects, uncertainty, areas.share, areas.by)
    value = np.clip(prediction.value + prediction.total_shift, 0.0, TOP)
    mse = prediction.mse + prediction.shift_variance
    low, high = ends.low, ends.high
    if low is None or high is None:
        inside = np.clip(value / TOP, NEAREST, 1 - NEAREST)
        low, high = (TOP * end for end in logit_intervals(inside, np.sqrt(mse) / TOP, ends.df))
        low, high = np.minimum(low, value), np.maximum(high, value)
    modelled = head.model is not Model.DIRECT
    spread = np.sqrt(uncertainty.psi + (head.area_variance if modelled else 0.0))
    missing = np.full_like(value, np.nan)

    def everywhere(column: Vector) -> Vector:
        table = np.full(areas.places, np.nan)
        table[areas.position] = column
        return table

    return AreaScores(
        target=head.target,
        model=head.model,
        fit=head.fit,
        area_variance=head.area_variance,
        coefficients=head.coefficients,
        value=everywhere(value),
        mse=everywhere(mse),
        df=everywhere(ends.df),
        low=everywhere(low),
        high=everywhere(high),
        trust=everywhere(uncertainty.trust),
        synthetic=everywhere(effects.fitted if modelled else missing),
        contrast=everywhere(prediction.contrast),
        contrast_mse=everywhere(prediction.contrast_mse),
        share=everywhere(areas.share),
        residual=everywhere((areas.y - effects.fitted) / spread if modelled else missing),
        shift=everywhere(prediction.total_shift),
    )
