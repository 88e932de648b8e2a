"""Estimates and standard errors are those of R survey 4.1 (docs/method, M6 to M8)."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from espi.method.errors import ImpossibleDesign, LonelyPSU
from espi.method.estimation.linear import Estimate, mean, total
from espi.method.estimation.variance import Design, element_design, standard_error, variance
from tests.method.golden import numbers
from tests.method.golden import sample as golden_sample

ESTIMATORS = [
    "total", "mean", "ratio", "domain_mean", "domain_total", "domain_ratio", "missing_mean", "gap",
    "share",
]  # fmt: skip


@pytest.fixture(scope="module")
def sample():
    return golden_sample()


@pytest.fixture(scope="module")
def golden():
    return numbers()


@pytest.mark.parametrize("design", ["clustered", "elements"])
@pytest.mark.parametrize("name", ESTIMATORS)
def test_agrees_with_r_survey(sample, golden, design, name):
    """Value and standard error, on a design unequal in everything with one take-all stratum."""
    estimate, wanted = sample.estimates[name], golden[f"{design}.{name}"]

    assert estimate.value == pytest.approx(wanted["value"], rel=1e-9)
    assert standard_error(estimate, getattr(sample, design)) == pytest.approx(
        wanted["se"], rel=1e-9
    )


def without_fpc(estimate, design):
    endless = np.full_like(design.population, np.inf)
    return variance(estimate, Design(design.psu, design.stratum, endless))


def without_strata(estimate, design):
    one = np.zeros_like(design.stratum)
    return variance(estimate, Design(design.psu, one, np.array([design.population.sum()])))


def rows_left_out(estimate, design):
    kept = estimate.influence != 0
    psu = np.unique(design.psu[kept], return_inverse=True)[1]
    stratum = design.stratum[np.unique(design.psu[kept])]
    left = Design(psu, stratum, design.population)
    return variance(Estimate(estimate.value, estimate.influence[kept]), left)


@pytest.mark.parametrize("broken", [without_fpc, without_strata, rows_left_out])
def test_the_golden_numbers_tell_a_broken_version(sample, golden, broken):
    """Three usual mistakes give another standard error on this fixture: it can tell them."""
    estimate = sample.estimates["domain_mean"]

    assert sqrt(broken(estimate, sample.elements)) != pytest.approx(
        golden["elements.domain_mean"]["se"], rel=1e-4
    )


STATA = np.array([2.8, 4.1, 6.8, 6.8, 9.2, 3.7, 6.6, 4.2])
STATA_WEIGHT = np.array([3.0] * 5 + [4.0] * 3)
STATA_STRATUM = np.array([0] * 5 + [1] * 3)


@pytest.mark.parametrize(
    ("within", "value", "se"),
    [
        (STATA > 0, 5.448148118, 0.6160407198),
        (STATA > 4, 6.195, 0.7555129),
        (STATA <= 4, 3.314286, 0.3117042),
    ],
)
def test_agrees_with_the_published_fpc_example(within, value, se):
    """The eight rows of Stata's example; domains as in R survey's tests (M8)."""
    endless = within.all()
    population = np.array([15.0, 12.0]) if endless else np.array([np.inf, np.inf])
    estimate = mean(STATA, STATA_WEIGHT, within)

    assert estimate.value == pytest.approx(value, rel=1e-6)
    assert standard_error(estimate, element_design(STATA_STRATUM, population)) == pytest.approx(
        se, rel=1e-6
    )


def test_a_lonely_stratum_is_refused_by_name():
    """One sampled person of many has no variance; dropping it in silence is no answer."""
    design = element_design(np.array([0, 0, 1]), np.array([9.0, 9.0]))

    with pytest.raises(LonelyPSU) as refused:
        variance(total(np.ones(3), np.ones(3)), design)
    assert refused.value.strata == [1]


def test_a_lonely_stratum_taken_whole_adds_nothing():
    """Everybody was asked there: no sampling error."""
    design = element_design(np.array([0, 0, 1]), np.array([2.0, 1.0]))

    assert variance(total(np.array([1.0, 5.0, 9.0]), np.ones(3)), design) == 0


def test_more_sampled_than_there_are_is_refused():
    """A population smaller than its sample is a mistake in the counts."""
    with pytest.raises(ImpossibleDesign):
        variance(total(np.ones(3), np.ones(3)), element_design(np.zeros(3, int), np.array([2.0])))


def test_a_constant_moves_the_value_and_leaves_the_variance(sample):
    """Corrections are facts, not estimates (M12)."""
    before = sample.estimates["mean"]
    after = before - Estimate(4.2, np.zeros(before.influence.size))

    assert after.value == pytest.approx(before.value - 4.2)
    assert variance(after, sample.elements) == variance(before, sample.elements)
