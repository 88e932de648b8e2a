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
from espi.method.small_areas.moments import Moments
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
    """The areas in which enough people have a score of one target, a of the m of a layout.

    Attributes:
        position: of these areas in the layout, shape (a,).
        by: their agencies.
        y: direct estimates, 0–100, shape (a,).
        n: people behind them.
        df: degrees of freedom of their standard errors.
        infinite_se: as if the population were infinite, in points.
        unseen: share of that variance that is left, 0–1.
        concentration: Σ w² / (Σ w)².
        share: part of the area in these areas of its agency, 0–1.
        spread: variance of people's scores, in points squared; NaN with one person.
        moments: of people without weights.
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
    moments: Moments
    places: int


def answered_areas(
    direct: DirectScores, layout: AreaLayout, target: int, least: int = 1
) -> Answered:
    """Return the areas in which enough people have a score of the target at this position.

    Their shares are those among the areas that are returned.

    Args:
        direct: estimates of all areas.
        layout: of the same areas.
        target: position of the target.
        least: people that are enough, one and more.
    """
    position = np.flatnonzero(direct.n[:, target] >= least)
    by = Partition(layout.agency[position], layout.agencies)
    share = direct.share[position, target]

    def taken(table: NDArray[np.float64]) -> Vector:
        return np.ascontiguousarray(table[position, target])

    return Answered(
        position=position,
        by=by,
        y=taken(direct.value),
        n=direct.n[position, target],
        df=direct.df[position, target],
        infinite_se=taken(direct.infinite_se),
        unseen=taken(direct.unseen),
        concentration=taken(direct.concentration),
        share=share / by.summed(share)[by.domain],
        spread=taken(direct.spread),
        moments=direct.moments[target].of_areas(position),
        places=layout.agency.size,
    )


def by_direct(
    target: str, areas: Answered, expected: Vector, fit: Mapping[Model, Fit]
) -> AreaScores:
    """Return the direct estimates, with the intervals of M10, as scores of areas (M31, M36).

    An area whose people all gave the same score, or that has one person, has no variance of its
    own; its error is what the variances of other areas let expect.

    Args:
        target: its code.
        areas: that have answers.
        expected: variance of people's scores in each area, in points squared, shape (a,) (M32).
        fit: how the models that were tried ended.
    """
    lacking = ~(areas.spread > 0)
    borrowed = np.sqrt(expected * areas.concentration)
    infinite_se = np.where(lacking, borrowed, areas.infinite_se)
    nothing = np.zeros_like(areas.y)
    covariates = Covariates(np.zeros((nothing.size, 0)), ())
    effects = fixed_effects(areas.y, covariates, np.ones_like(nothing))
    uncertainty = Uncertainty(infinite_se**2, areas.unseen, np.inf, nothing, nothing)
    low, high = mean_intervals(areas.y, infinite_se, areas.df, areas.unseen)
    head = Head(target, Model.DIRECT, dict(fit), np.nan, np.nan, {})
    df = areas.df.astype(np.float64)
    ends = Ends(df, df, (low, high))
    return _framed(head, areas, effects, uncertainty, ends)


def by_model(
    head: Head, areas: Answered, effects: FixedEffects, uncertainty: Uncertainty, ends: Ends
) -> AreaScores:
    """Return the scores that a model gives, made to add up, with intervals in log-odds (M35).

    Args:
        head: what is said of all areas.
        areas: that have answers.
        effects: of the model, from these areas.
        uncertainty: of its variances.
        ends: degrees of freedom.
    """
    return _framed(head, areas, effects, uncertainty, ends)


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What is the same for all areas; the names are those of ``AreaScores``."""

    target: str
    model: Model
    fit: dict[Model, Fit]
    area_variance: float
    person_variance: float
    coefficients: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Ends:
    """What the intervals of areas follow from.

    Attributes:
        df: degrees of freedom, shape (a,).
        variance_df: those that the direct variances are worth, shape (a,).
        interval: its ends; without them they follow from the error.
    """

    df: Vector
    variance_df: Vector
    interval: tuple[Vector, Vector] | None


NEAREST = 1e-6  # share of the scale: log-odds need a score inside it


def _interval(value: Vector, mse: Vector, df: Vector) -> tuple[Vector, Vector]:
    inside = np.clip(value / TOP, NEAREST, 1 - NEAREST)
    low, high = logit_intervals(inside, np.sqrt(mse) / TOP, df)
    return np.minimum(TOP * low, value), np.maximum(TOP * high, value)


def _framed(
    head: Head, areas: Answered, effects: FixedEffects, uncertainty: Uncertainty, ends: Ends
) -> AreaScores:
    prediction = predict(areas.y, effects, uncertainty, areas.share, areas.by)
    value = np.clip(prediction.value + prediction.total_shift, 0.0, TOP)
    mse = prediction.mse + prediction.shift_variance
    low, high = ends.interval or _interval(value, mse, ends.df)
    modelled = head.model is not Model.DIRECT
    spread = np.sqrt(uncertainty.whole)
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
        person_variance=head.person_variance,
        coefficients=head.coefficients,
        value=everywhere(value),
        mse=everywhere(mse),
        df=everywhere(ends.df),
        low=everywhere(low),
        high=everywhere(high),
        trust=everywhere(1 - uncertainty.doubt),
        synthetic=everywhere(effects.fitted if modelled else missing),
        contrast=everywhere(prediction.contrast),
        contrast_mse=everywhere(prediction.contrast_mse),
        share=everywhere(areas.share),
        residual=everywhere((areas.y - effects.fitted) / spread if modelled else missing),
        shift=everywhere(prediction.total_shift),
        variance=everywhere(uncertainty.infinite),
        variance_df=everywhere(ends.variance_df),
        unseen=everywhere(uncertainty.unseen),
    )
