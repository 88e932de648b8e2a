"""From variances to scores of areas: predictor, mean squared error, contrast, benchmark (M33–M35).

Every estimate of an area, direct or by a model, is y less (1 − trust) times its residual; so one
set of closed forms serves all of them, and all agencies at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Vector

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Covariates:
    """What a model knows of m areas beside their answers.

    Attributes:
        x: shape (m, p).
        names: of the p columns.
        by: the agencies, each of which has an intercept of its own; without it, the column of
            ones must be in ``x``.
    """

    x: Matrix
    names: tuple[str, ...]
    by: Partition | None = None

    @property
    def intercepts(self) -> int:
        """How many agencies have an intercept."""
        return 0 if self.by is None else int(np.unique(self.by.domain).size)

    def summed(self, column: Matrix) -> Matrix:
        """Return sums over the agency of each area, at each area; zero without intercepts."""
        if self.by is None:
            return np.zeros_like(column)
        return _summed(self.by, column)


@dataclass(frozen=True, slots=True, eq=False)
class FixedEffects:
    """Coefficients that solve Σ a (y − z'b) z = 0, z being an agency's intercept and x.

    Attributes:
        covariates: x and the agencies.
        coefficients: of x, shape (p,).
        fitted: z'b at each area, shape (m,).
        centred: x less its mean in the agency, weighted by a, shape (m, p).
        inverse: of Σ a · centred · centred', shape (p, p).
        per: 1 / Σ a over the agency, at each area, zero without intercepts, shape (m,).
        weight: a itself, shape (m,).
    """

    covariates: Covariates
    coefficients: Vector
    fitted: Vector
    centred: Matrix
    inverse: Matrix
    per: Vector
    weight: Vector

    @property
    def leverage(self) -> Vector:
        """How much each area pulls on its own fit, over a: z' (Σ a z z')⁻¹ z, shape (m,)."""
        leverage: Vector = self.per + _quadratic(self.centred, self.inverse)
        return leverage


def fixed_effects(
    y: Vector, covariates: Covariates, weight: Vector, within: Matrix | None = None
) -> FixedEffects:
    """Solve the normal equations, with the intercepts of agencies taken out first.

    Args:
        y: shape (m,).
        covariates: of the same areas.
        weight: a, positive, shape (m,).
        within: what people inside the areas add to the equations, shape (p, p + 1): Σ x x' and
            Σ x y about the means of their areas.

    Raises:
        numpy.linalg.LinAlgError: the covariates are linearly dependent.
    """
    whole = covariates.summed(weight)
    per = np.divide(1.0, whole, out=np.zeros_like(whole), where=whole > 0)
    x = covariates.x
    x_mean = covariates.summed(weight[:, None] * x) * per[:, None]
    y_mean = covariates.summed(weight * y) * per
    centred = x - x_mean
    scaled = weight[:, None] * centred
    matrix, right = products(scaled, centred), products(scaled, (y - y_mean)[:, None])[:, 0]
    if within is not None:
        matrix, right = matrix + within[:, :-1], right + within[:, -1]
    inverse = np.asarray(np.linalg.inv(matrix), dtype=np.float64)
    coefficients: Vector = inverse @ right
    fitted = y_mean + times(centred, coefficients[:, None])[:, 0]
    return FixedEffects(covariates, coefficients, fitted, centred, inverse, per, weight)


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """How far direct estimates and true scores of areas vary, and how well that is known.

    Attributes:
        infinite: variance φ of each direct estimate as if the population were infinite, in points
            squared, shape (m,).
        unseen: share u of it that is left because not everybody answered, 0–1, shape (m,); the
            rest is a part of the true score, that of the people who were seen.
        area_variance: σ², between areas; infinite for direct estimates.
        by_estimation: g₃, what not knowing ``area_variance`` (and that of people) adds, (m,).
        by_psi: g₄, what not knowing ``infinite`` adds, shape (m,).
    """

    infinite: Vector
    unseen: Vector
    area_variance: float
    by_estimation: Vector
    by_psi: Vector

    @property
    def psi(self) -> Vector:
        """Variance uφ of each direct estimate around the true score of its people, (m,)."""
        return self.unseen * self.infinite

    @property
    def whole(self) -> Vector:
        """Variance σ² + φ of each direct estimate around z'b; φ for direct estimates, (m,)."""
        return self.infinite + (0.0 if np.isinf(self.area_variance) else self.area_variance)

    @property
    def doubt(self) -> Vector:
        """One less the weight of the direct estimate: uφ / (σ² + φ), 0–1, shape (m,)."""
        if np.isinf(self.area_variance):
            return np.zeros_like(self.infinite)
        return self.psi / self.whole


@dataclass(frozen=True, slots=True, eq=False)
class Prediction:
    """Scores of m areas with their errors, each shape (m,), in points or points squared.

    Attributes:
        value: before it is made to add up.
        mse: of ``value``.
        contrast: of an area less the mean of its agency's areas by their shares.
        contrast_mse: its mean squared error, with the area a part of that mean.
        total: that mean, of the areas' agency.
        total_shift: what is missing in it of the same mean of direct estimates.
        shift_variance: variance of that, which ``mse`` grows by when it is added.
    """

    value: Vector
    mse: Vector
    contrast: Vector
    contrast_mse: Vector
    total: Vector
    total_shift: Vector
    shift_variance: Vector


def predict(
    y: Vector, effects: FixedEffects, uncertainty: Uncertainty, share: Vector, by: Partition
) -> Prediction:
    r"""Return γ y + (1 − γ) z'b of every area, and second-order mean squared errors (M33–M35).

    .. math:: \gamma\psi + (1-\gamma)^2 z' V(b) z + 2 g_3 + 2 g_4

    The variance of b is the one that its own equations give under the model, so weights other
    than the inverse variances (You and Rao) have theirs. The predictor errs without correlation
    with the residuals; hence an added shift adds its variance.

    Args:
        y: direct estimates, shape (m,).
        effects: from the same areas.
        uncertainty: of the variances.
        share: parts of the areas in their agency, shape (m,); an agency's add up to one.
        by: the agencies.

    Source: Prasad and Rao (1990), J. Am. Stat. Assoc. 85(409); You and Rao (2002), Can. J. Stat.
    30(3); Wang, Fuller and Qu (2008), Survey Methodology 34(1).
    """
    doubt = uncertainty.doubt
    value = y - doubt * (y - effects.fitted)
    errors = _errors(effects, uncertainty)
    own = (1 - doubt) * uncertainty.psi
    own = own + 2 * (uncertainty.by_estimation + uncertainty.by_psi)
    pull = doubt[:, None] * effects.centred
    level, slope = _summed(by, share * doubt), _summed(by, share[:, None] * pull)
    total = _summed(by, share * value)
    return Prediction(
        value=value,
        mse=own + errors.variance(doubt, pull),
        contrast=value - total,
        contrast_mse=own * (1 - 2 * share)
        + _summed(by, share**2 * own)
        + errors.variance(doubt - level, pull - slope),
        total=total,
        total_shift=_summed(by, share * y) - total,
        shift_variance=errors.of_shift(share * doubt, level, slope, by),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """Variances of the coefficients, as their own equations give them under the model.

    Attributes:
        v: variance of each direct estimate around z'b, shape (m,).
        level: variance of an agency's weighted mean of such differences, at each area.
        both: A⁻¹ times its covariance with the coefficients' equations, shape (m, p).
        slopes: covariance matrix of the coefficients, shape (p, p).
    """

    effects: FixedEffects
    v: Vector
    level: Vector
    both: Matrix
    slopes: Matrix

    def variance(self, level: Vector, slope: Matrix) -> Vector:
        """Return the variance of level · (the agency's mean) + slope' · coefficients, (m,)."""
        cross: Vector = (slope * self.both).sum(axis=1)
        result: Vector = level**2 * self.level + 2 * level * cross + _quadratic(slope, self.slopes)
        return result

    def of_shift(self, part: Vector, level: Vector, slope: Matrix, by: Partition) -> Vector:
        """Return the variance of an agency's Σ part · residual, at each area, (m,)."""
        effects, covariates = self.effects, self.effects.covariates
        weighed = part * effects.weight * self.v
        with_level = covariates.summed(weighed) * effects.per
        with_slope = times(_summed(by, weighed[:, None] * effects.centred), effects.inverse)
        shared = level * with_level + (slope * with_slope).sum(axis=1)
        whole = _summed(by, part**2 * self.v) + self.variance(level, slope) - 2 * shared
        # Never below zero: what rounding leaves where the areas add up by themselves.
        return np.asarray(np.maximum(whole, 0.0), dtype=np.float64)


def _errors(effects: FixedEffects, uncertainty: Uncertainty) -> _Errors:
    v = uncertainty.whole
    square = effects.weight**2 * v
    summed = effects.covariates.summed
    scaled = square[:, None] * effects.centred
    middle = products(scaled, effects.centred)
    return _Errors(
        effects=effects,
        v=v,
        level=summed(square) * effects.per**2,
        both=times(summed(scaled) * effects.per[:, None], effects.inverse),
        slopes=effects.inverse @ middle @ effects.inverse,
    )


def _summed(by: Partition, column: Matrix) -> Matrix:
    """Return sums over the agency of each area, at each area."""
    if column.ndim == 1:
        return np.asarray(by.summed(column)[by.domain], dtype=np.float64)
    parts = [by.summed(part)[by.domain] for part in column.T]
    return np.stack(parts, axis=1) if parts else np.zeros_like(column)


def products(left: Matrix, right: Matrix) -> Matrix:
    """Return left' right of two tall matrices of m rows, always summed in the same order.

    Not by a threaded library: it would add in another order on another machine, and on a busy one
    its threads wait for each other.
    """
    result: Matrix = np.einsum("ij,ik->jk", left, right)
    return result


def times(rows: Matrix, matrix: Matrix) -> Matrix:
    """Return rows · matrix for a tall and a small matrix, as ``products`` does."""
    result: Matrix = np.einsum("ij,jk->ik", rows, matrix)
    return result


def _quadratic(rows: Matrix, matrix: Matrix) -> Vector:
    """Return r' M r of each row r, shape (m,)."""
    return np.asarray((times(rows, matrix) * rows).sum(axis=1), dtype=np.float64)
