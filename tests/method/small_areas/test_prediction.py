"""Closed forms of errors are those of whole matrices (M35)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from espi.method.estimation.domains import Partition
from espi.method.small_areas.prediction import Covariates, Uncertainty, fixed_effects, predict

M, AGENCIES, VARIANCE = 12, 3, 9.0


@dataclass(frozen=True)
class Case:
    """A model with known variances, by closed forms and as matrices."""

    y: np.ndarray
    by: Partition
    share: np.ndarray
    uncertainty: Uncertainty
    covariates: Covariates
    z: np.ndarray


@pytest.fixture(scope="module")
def case():
    rng = np.random.default_rng(5)
    by = Partition(np.repeat(np.arange(AGENCIES), 4), AGENCIES)
    x = rng.normal(0, 1, (M, 2))
    share = rng.uniform(1, 5, M)
    share = share / by.summed(share)[by.domain]
    infinite, unseen = rng.uniform(4, 30, M), rng.uniform(0.3, 1, M)
    nothing = np.zeros(M)
    z = np.column_stack([by.domain[:, None] == np.arange(AGENCIES), x]).astype(float)
    return Case(
        rng.normal(70, 5, M),
        by,
        share,
        Uncertainty(infinite, unseen, VARIANCE, nothing, nothing),
        Covariates(x, ("a", "b"), by),
        z,
    )


def by_matrices(case, weight):
    """Return errors of predictor, contrast and shift, propagated through whole matrices.

    The data are y, the truths t; Var y = σ² + φ, Var t = σ² + (1 − u) φ, and y is t with an error
    of variance uφ, independent of it.
    """
    u, phi, m = case.uncertainty.unseen, case.uncertainty.infinite, case.y.size
    v, t = np.diag(VARIANCE + phi), np.diag(VARIANCE + (1 - u) * phi)
    a = np.diag(weight)
    hat = case.z @ np.linalg.solve(case.z.T @ a @ case.z, case.z.T @ a)
    doubt = np.diag(u * phi / (VARIANCE + phi))
    predictor = np.eye(m) - doubt @ (np.eye(m) - hat)
    member = case.by.domain[:, None] == case.by.domain[None, :]
    mean = member * case.share[None, :]

    def error(of_y, of_t):
        """Return the diagonal variance of of_y·y − of_t·t; Cov(y, t) = Var t."""
        cross = of_y @ t @ of_t.T
        return np.diag(of_y @ v @ of_y.T + of_t @ t @ of_t.T - cross - cross.T)

    less_mean = np.eye(m) - mean
    shift = mean @ (np.eye(m) - predictor)
    return {
        "value": predictor @ case.y,
        "mse": error(predictor, np.eye(m)),
        "contrast": error(less_mean @ predictor, less_mean),
        "shift": error(shift, np.zeros((m, m))),
        "benchmarked": error(predictor + shift, np.eye(m)),
    }


def test_errors_of_the_area_level_model_are_those_of_matrices(case):
    """Predictor, contrast with the own agency, and what adding up costs (M35)."""
    weight = 1 / case.uncertainty.whole
    effects = fixed_effects(case.y, case.covariates, weight)
    found = predict(case.y, effects, case.uncertainty, case.share, case.by)
    wanted = by_matrices(case, weight)

    assert found.value == pytest.approx(wanted["value"], rel=1e-12)
    assert found.mse == pytest.approx(wanted["mse"], rel=1e-10)
    assert found.contrast_mse == pytest.approx(wanted["contrast"], rel=1e-10)
    assert found.shift_variance == pytest.approx(wanted["shift"], rel=1e-9)
    assert found.mse + found.shift_variance == pytest.approx(wanted["benchmarked"], rel=1e-9)


def test_errors_with_design_weights_are_those_of_matrices(case):
    """The coefficients of You and Rao have the variance that their own weights give (M34, M35)."""
    infinite = Uncertainty(
        case.uncertainty.infinite, np.ones(M), VARIANCE, np.zeros(M), np.zeros(M)
    )
    own = Case(case.y, case.by, case.share, infinite, case.covariates, case.z)
    weight = case.share * infinite.doubt
    effects = fixed_effects(own.y, own.covariates, weight)
    found = predict(own.y, effects, infinite, own.share, own.by)
    wanted = by_matrices(own, weight)

    assert found.value == pytest.approx(wanted["value"], rel=1e-12)
    assert found.mse == pytest.approx(wanted["mse"], rel=1e-10)
    assert found.contrast_mse == pytest.approx(wanted["contrast"], rel=1e-10)
    assert found.total_shift == pytest.approx(0, abs=1e-10)
    assert wanted["shift"] == pytest.approx(0, abs=1e-10)


def test_direct_estimates_are_the_limit_of_no_model(case):
    """Nothing is borrowed: the error is uφ, and that of a contrast holds both parts (M31)."""
    u = case.uncertainty
    direct = Uncertainty(u.infinite, u.unseen, np.inf, np.zeros(M), np.zeros(M))
    effects = fixed_effects(case.y, Covariates(np.zeros((M, 0)), ()), np.ones(M))
    found = predict(case.y, effects, direct, case.share, case.by)
    others = case.by.summed(case.share**2 * u.psi)[case.by.domain]

    assert found.value == pytest.approx(case.y)
    assert found.mse == pytest.approx(u.psi)
    assert found.contrast_mse == pytest.approx(u.psi * (1 - 2 * case.share) + others)
