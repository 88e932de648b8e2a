"""Reliability of a dimension: Cronbach's alpha and McDonald's omega (docs/method, M28).

Both from one covariance matrix, weighted by the design where weights are given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import MethodError
from espi.method.estimation.kernel import Vector

Matrix = NDArray[np.float64]
LEAST_ITEMS = 3  # below, one factor is not identified
LEAST_UNIQUENESS = 0.005  # as R ``factanal``: at zero the likelihood has no bound


class TooFewItems(MethodError):
    """Reliability needs at least two items (alpha) or three (omega), and answers that vary."""


@dataclass(frozen=True, slots=True)
class Reliability:
    """How consistently the items of a dimension measure.

    Attributes:
        alpha: Cronbach's; a lower bound under equal loadings.
        omega: McDonald's total, of one factor; None with fewer than three items.
        n: respondents who answered all items.
    """

    alpha: float
    omega: float | None
    n: int


def reliability(answers: Matrix, weight: Vector | None = None) -> Reliability:
    """Return alpha and omega over the respondents who answered every item.

    Args:
        answers: scores, all items pointing the same way, NaN where missing, shape (n, items).
        weight: shape (n,); equal where not given.

    Raises:
        TooFewItems: fewer than two items or complete respondents.
    """
    whole = ~np.isnan(answers).any(axis=1)
    n, items = int(whole.sum()), answers.shape[1]
    if items < 2 or n <= items:  # noqa: PLR2004 two items make a sum
        raise TooFewItems(f"{items} items, {n} complete respondents")
    weights = np.ones(n) if weight is None else weight[whole]
    covariance = np.cov(answers[whole].T, aweights=weights)
    if not (np.diag(covariance) > 0).all():
        raise TooFewItems("an item has one answer only")
    return Reliability(alpha(covariance), omega(covariance), n)


def alpha(covariance: Matrix) -> float:
    """Return k/(k−1) · (1 − trace/sum) of the items' covariance matrix, shape (k, k).

    Source: Cronbach (1951), Psychometrika 16(3), equation (2).
    """
    k = covariance.shape[0]
    return float(k / (k - 1) * (1 - np.trace(covariance) / covariance.sum()))


def omega(covariance: Matrix) -> float | None:
    """Return (Σλ)² / ((Σλ)² + Σψ) of one factor fitted by maximum likelihood, or nothing.

    Loadings and uniquenesses are of the covariance matrix, so the sum score of the items is meant.

    Source: McDonald (1999), Test Theory, equation 6.20b; fitted as R ``factanal(factors = 1)``.
    """
    if covariance.shape[0] < LEAST_ITEMS:
        return None
    sd = np.sqrt(np.diag(covariance))
    loading, uniqueness = one_factor(covariance / np.outer(sd, sd))
    common = float((loading * sd).sum() ** 2)
    return common / (common + float((uniqueness * sd**2).sum()))


def one_factor(correlation: Matrix) -> tuple[Vector, Vector]:
    """Fit one factor by maximum likelihood; return loadings and uniquenesses, each (k,).

    Source: Jöreskog (1967), Psychometrika 32(4): the likelihood is minimised over uniquenesses
    with the loadings concentrated out.
    """
    from scipy import optimize  # takes longer to import than most commands that show results run

    start = 0.5 / np.diag(np.linalg.inv(correlation))
    bounds = [(LEAST_UNIQUENESS, 1.0)] * correlation.shape[0]

    def lack_of_fit(psi: Vector) -> float:
        values = _scaled_values(correlation, psi)[0][:-1]
        return float(-(np.log(values) - values).sum() - values.size)

    fit = optimize.minimize(
        lack_of_fit, start, bounds=bounds, method="L-BFGS-B",
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 1000},
    )  # fmt: skip
    values, vectors = _scaled_values(correlation, fit.x)
    loading = np.sqrt(fit.x) * vectors[:, -1] * np.sqrt(max(values[-1] - 1, 0.0))
    return loading * np.sign(loading.sum()), fit.x


def _scaled_values(correlation: Matrix, psi: Vector) -> tuple[Vector, Matrix]:
    scale = 1 / np.sqrt(psi)
    values, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
    return np.maximum(values, 1e-12), vectors


def nonresponse(answers: Matrix) -> Vector:
    """Return the share of respondents without an answer, per item, 0–1 (M28).

    Args:
        answers: NaN where an applicable item has no answer, shape (n, items).
    """
    share: Vector = np.isnan(answers).mean(axis=0)
    return share
