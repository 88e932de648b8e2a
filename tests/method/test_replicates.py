"""Hadamard matrices and half-samples (M52)."""

from __future__ import annotations

import numpy as np
import pytest

from espi.method.errors import ImpossibleDesign
from espi.method.estimation.kernel import Strata
from espi.method.estimation.replicates import balanced_halves, hadamard, replicate_variance


@pytest.mark.parametrize("least", [1, 3, 4, 5, 9, 13, 17, 21, 25, 29, 33, 45, 93, 200])
def test_a_hadamard_matrix_is_balanced(least):
    """Orthogonal rows of ±1, the first row and column 1, and not twice as large as needed (M52)."""
    matrix = hadamard(least)
    order = len(matrix)

    assert (matrix @ matrix.T == order * np.eye(order)).all()
    assert (matrix[0] == 1).all()
    assert (matrix[:, 0] == 1).all()
    assert least <= order <= max(4, 2 * least)


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.7])
def test_half_samples_of_a_total_give_the_variance_of_two_units(rho):
    """Σ (u₁ − u₂)² over strata, whatever Fay's factor (M8, M52)."""
    rng = np.random.default_rng(5)
    u, stratum = rng.normal(50, 9, 26), np.tile(np.arange(13), 2)
    strata = Strata(np.full(13, 2.0), np.full(13, np.inf))
    times = balanced_halves(stratum, strata, rho)
    factors = np.full(len(times), 1 / (len(times) * (1 - rho) ** 2))

    assert replicate_variance(times @ u, factors) == pytest.approx(((u[:13] - u[13:]) ** 2).sum())


def test_a_stratum_of_three_has_no_half():
    """It is refused (M52)."""
    with pytest.raises(ImpossibleDesign, match=r"not two sampled units in strata \[1\]"):
        balanced_halves(np.array([0, 0, 1, 1, 1]), Strata(np.array([2.0, 3.0]), np.full(2, np.inf)))
