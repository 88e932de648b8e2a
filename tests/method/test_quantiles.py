"""A median is the value that the definition names, not the one after it (M19)."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from espi.method.estimation.quantiles import weighted_quantile


def by_definition(y, weight, p):
    """Return the least y at which the share of the weight up to it reaches p, in fractions."""
    rows = sorted(zip(y, weight, strict=True))
    wanted, running = p * sum(own for _value, own in rows), Fraction(0)
    for value, own in rows:
        running += own
        if running >= wanted:
            return value
    raise AssertionError("the whole weight reaches every share")


def test_half_of_six_equal_weights_is_the_third():
    """0.7 three times is a little more or less than 2.1 in floating point, and still half."""
    found = weighted_quantile(np.arange(1.0, 7.0), np.full(6, 0.7), 0.5)

    assert found == 3


@pytest.mark.parametrize("p", [Fraction(1, 2), Fraction(1, 4), Fraction(1, 10), Fraction(9, 10)])
def test_equal_weights(p):
    """Every even number of people up to 200, with weights that no binary fraction holds."""
    wrong = []
    for n in range(2, 201, 2):
        for weight in (Fraction(7, 10), Fraction(10, 3), Fraction(1, 7)):
            y = list(range(n))
            own = np.full(n, float(weight))
            found = weighted_quantile(np.array(y, dtype=float), own, float(p))
            if found != by_definition(y, [weight] * n, p):
                wrong.append((n, weight, found))

    assert wrong == []


def test_weights_of_two_strata():
    """N/n of two strata, rounded as any file has it: 2,000 samples, each by its definition."""
    rng = np.random.default_rng(20261130)
    wrong = 0
    for _ in range(2000):
        n = rng.integers(1, 12, 2)
        people = n + rng.integers(0, 60, 2)
        exact = [
            Fraction(int(N), int(m)) for N, m in zip(people, n, strict=True) for _i in range(m)
        ]
        y = rng.integers(0, 40, len(exact)).tolist()
        found = weighted_quantile(np.array(y, dtype=float), np.array(exact, dtype=float), 0.5)
        wrong += found != by_definition(y, exact, Fraction(1, 2))

    assert wrong == 0


def test_a_long_running_sum_drifts_without_harm():
    """A million weights of a tenth: their running sum is off by more than one rounding."""
    y = np.arange(1_000_000.0)

    assert weighted_quantile(y, np.full(y.size, 0.1), 0.5) == 499_999


def test_rows_without_weight_are_nobodys_median():
    """A replicate that drops a row does not count it, even where half is met exactly before it."""
    y, weight = np.array([1.0, 2.0, 3.0, 4.0]), np.array([1.0, 0.0, 0.0, 1.0])

    assert weighted_quantile(y, weight, 0.5) == 1
    assert weighted_quantile(y, weight, 0.6) == 4
