"""Calibrated weights: published factors, many agencies at once, refusals by name (M21)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.method.errors import ImpossibleMargin
from espi.method.weighting.calibration import Auxiliary, calibrate
from espi.method.weighting.distance import Linear, Logit, Raking
from espi.method.weighting.margins import Margin, auxiliary_from_margins

SAMPLE = np.array([20, 50, 100, 30, 40, 140, 50, 100, 40, 310, 50, 70.0])
PEOPLE = np.array([80, 60, 170, 55, 40, 150, 60, 165, 55, 340, 200, 125.0]).reshape(3, 4)
A, B = np.tile(np.arange(4), 3), np.repeat(np.arange(3), 4)
ONE = np.zeros(12, dtype=int)


def kalton():
    first = Margin(A, PEOPLE.sum(axis=0)[None, :], tuple("1234"))
    second = Margin(B, PEOPLE.sum(axis=1)[None, :], tuple("123"))
    return auxiliary_from_margins(ONE, {"a": first, "b": second})


@pytest.mark.parametrize(
    ("distance", "first"),
    [
        (Raking(), (1.810805, 1.452822, 2.016776)),
        (Linear(), (1.815311, 1.502182, 1.965163)),
        (Logit(0.5, 2.2), (1.874506, 1.460714, 1.977033)),
    ],
)
def test_the_factors_of_kalton_and_flores_cervantes(distance, first):
    """Kalton and Flores-Cervantes (2003), J. Off. Stat. 19(2), as in R's tests (M21)."""
    factor = calibrate(SAMPLE, kalton(), distance).factor.reshape(3, 4)

    assert factor[:, 0] == pytest.approx(first, abs=2e-6)


@given(seed=st.integers(0, 10**6))
def test_calibrated_totals_hit_their_targets(seed):
    """For every part and margin, whatever the weights and counts (M21)."""
    rng = np.random.default_rng(seed)
    part, kind, age = rng.integers(0, 3, 90), rng.integers(0, 2, 90), rng.integers(0, 3, 90)
    base = rng.uniform(1, 5, 90)
    true = base * rng.uniform(0.7, 1.4, 90)
    margins = {
        name: Margin(
            code,
            np.bincount(part * k + code, true, 3 * k).reshape(3, k),
            labels,
        )
        for name, code, k, labels in (
            ("sex", kind, 2, ("f", "m")),
            ("age", age, 3, ("y", "m", "o")),
        )
    }
    auxiliary = auxiliary_from_margins(part, margins)
    for distance in (Linear(), Raking()):
        made = calibrate(base, auxiliary, distance)
        for agency in range(3):
            reached = (made.weight[:, None] * auxiliary.values)[part == agency].sum(axis=0)
            assert reached == pytest.approx(auxiliary.totals[agency], rel=1e-8)


def test_parts_do_not_touch_each_other():
    """Two agencies at once have the weights that each has alone (M21)."""
    rng = np.random.default_rng(3)
    part, values = np.repeat([0, 1], 40), np.column_stack([np.ones(80), rng.normal(5, 1, 80)])
    base = rng.uniform(1, 3, 80)
    totals = np.array([[90.0, 440.0], [70.0, 360.0]])
    both = calibrate(base, Auxiliary(part, values, totals, ["n", "x"]), Raking())
    alone = calibrate(
        base[:40], Auxiliary(part[:40], values[:40], totals[:1], ["n", "x"]), Raking()
    )

    assert both.weight[:40] == pytest.approx(alone.weight, rel=1e-9)


def test_people_without_a_respondent_are_named():
    """A category that nobody answered for cannot be weighted up (M21)."""
    margin = Margin(np.zeros(3, dtype=int), np.array([[5.0, 2.0]]), ("f", "m"))

    with pytest.raises(ImpossibleMargin, match="'sex=m' has 2 people and no respondent"):
        calibrate(
            np.ones(3), auxiliary_from_margins(np.zeros(3, dtype=int), {"sex": margin}), Raking()
        )


def test_margins_that_count_different_people_are_named():
    """Sex adds up to seven, age to eight (M21)."""
    sex = Margin(np.array([0, 1, 1]), np.array([[5.0, 2.0]]), ("f", "m"))
    age = Margin(np.array([0, 0, 1]), np.array([[4.0, 4.0]]), ("young", "old"))

    with pytest.raises(ImpossibleMargin, match="'sex' adds up to 7 people and margin 'age' to 8"):
        auxiliary_from_margins(np.zeros(3, dtype=int), {"sex": sex, "age": age})


def test_bounds_that_are_too_narrow_are_named():
    """The margin that is furthest off, and by how much (M21)."""
    with pytest.raises(ImpossibleMargin, match=r"bounded logit calibration: .* people are wanted"):
        calibrate(SAMPLE, kalton(), Logit(0.9, 1.1))


def test_a_bounded_factor_never_turns_back():
    """However far the curve is followed, the slope is not negative and the bounds hold (M21)."""
    logit = Logit(0.9, 1.1)
    far = np.linspace(-900, 900, 20_001)

    assert logit.derivative(far).min() >= 0
    assert logit.factor(far).min() == pytest.approx(0.9)
    assert logit.factor(far).max() == pytest.approx(1.1)


def test_margins_that_contradict_each_other_are_refused():
    """All women are old and all old people are men: no positive weights do that (M21)."""
    sex = Margin(np.array([0, 0, 1]), np.array([[6.0, 4.0]]), ("f", "m"))
    age = Margin(np.array([1, 1, 0]), np.array([[9.0, 1.0]]), ("young", "old"))

    with pytest.raises(ImpossibleMargin, match="contradict"):
        calibrate(
            np.ones(3),
            auxiliary_from_margins(np.zeros(3, dtype=int), {"sex": sex, "age": age}),
            Raking(),
        )


def test_a_total_far_out_is_approached_in_halved_steps():
    """A first step that overflows is shortened until it holds (M21)."""
    values = np.column_stack([np.ones(4), [0.0, 0.0, 0.0, 800.0]])
    auxiliary = Auxiliary(np.zeros(4, dtype=int), values, np.array([[4000.0, 2.4e6]]), ["n", "x"])
    made = calibrate(np.ones(4), auxiliary, Raking())

    assert made.weight @ values == pytest.approx([4000, 2.4e6], rel=1e-8)
