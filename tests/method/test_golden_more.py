"""What rests on the kernel is R survey's too: shares, quantiles, replicates, weights."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest

from espi.method.errors import ImpossibleDesign, LonelyPSU
from espi.method.estimation.design_effect import srs_variance
from espi.method.estimation.intervals import logit_intervals, share_interval
from espi.method.estimation.kernel import Strata
from espi.method.estimation.linear import Estimate, mean, total
from espi.method.estimation.lonely import Lonely
from espi.method.estimation.quantiles import quantile, weighted_quantile
from espi.method.estimation.replicates import (
    bootstrap_variance,
    jackknife,
    jackknife_variance,
    rao_wu,
)
from espi.method.estimation.variance import Design, standard_error, variance
from espi.method.measurement.reliability import TooFewItems, nonresponse, omega, reliability
from espi.method.weighting.calibration import Auxiliary, calibrate
from espi.method.weighting.distance import Linear, Logit, Raking
from espi.method.weighting.trimming import trim
from tests.method.golden import numbers, sample

SAMPLE, GOLDEN = sample(), numbers()
EVERYONE = np.ones_like(SAMPLE.domain)
PEOPLE = SAMPLE.weight.sum()


def close(wanted):
    return pytest.approx(wanted, rel=1e-9)


@pytest.mark.parametrize("name", ["clustered", "elements"])
def test_a_share_has_r_intervals(name):
    """Korn–Graubard as svyciprop's beta, log-odds as its xlogit (M10)."""
    design, wanted = getattr(SAMPLE, name), GOLDEN[f"{name}.share"]
    share = SAMPLE.estimates["share"]
    se = standard_error(share, design)

    assert (*share_interval(share.value, se, SAMPLE.y.size, design.df),) == close(
        (wanted["low"], wanted["high"])
    )
    logit = logit_intervals(np.float64(share.value), np.float64(se), np.int64(design.df))
    assert logit == close((wanted["logit_low"], wanted["logit_high"]))


@pytest.mark.parametrize("name", ["clustered", "elements"])
def test_a_quantile_is_svyquantile(name):
    """Value, standard error and Woodruff's interval, of all and in a domain (M19)."""
    design = getattr(SAMPLE, name)
    for key, within, p in (("quantile", EVERYONE, 0.3), ("domain_quantile", SAMPLE.domain, 0.5)):
        wanted = GOLDEN[f"{name}.{key}"]
        units = np.unique(design.psu[within])
        df = units.size - np.unique(design.stratum[units]).size
        found = quantile(SAMPLE.y, SAMPLE.weight, within, design, p, df=df)

        assert (found.value, found.se, found.low, found.high) == close(
            (wanted["value"], wanted["se"], wanted["low"], wanted["high"])
        )


def test_a_quantile_past_the_data_has_no_interval():
    """Where the share's interval leaves 0–1 its end is not a number, as in R (M19)."""
    found = quantile(SAMPLE.x, SAMPLE.weight, EVERYONE, SAMPLE.elements, 0.99, df=80)

    assert np.isnan(found.high)
    assert found.low < found.value
    assert weighted_quantile(np.array([3.0, 1.0, 2.0]), np.ones(3), 1.0) == 3


def test_a_design_effect_is_that_of_r():
    """Against simple random sampling without replacement (M18)."""
    y, weight = SAMPLE.y, SAMPLE.weight
    for name in ("clustered", "elements"):
        found = mean(y, weight, EVERYONE)
        square = (weight * (y - found.value) ** 2).sum() / weight.sum() ** 2
        random = srs_variance(*map(np.float64, (square, weight.sum(), y.size)))
        design = getattr(SAMPLE, name)

        assert variance(found, design) / random == close(GOLDEN[f"{name}.mean"]["deff"])


def without_most_of_the_first_stratum():
    design = SAMPLE.clustered
    kept = (design.stratum[design.psu] != 0) | (design.psu == 0)
    psu = np.unique(design.psu[kept], return_inverse=True)[1]
    stratum = design.stratum[np.unique(design.psu[kept])]
    left = mean(SAMPLE.y[kept], SAMPLE.weight[kept], np.ones(kept.sum(), dtype=bool))
    return left, Design(psu, stratum, design.population)


@pytest.mark.parametrize("rule", ["certainty", "adjust", "average"])
def test_a_lonely_rule_is_that_of_r(rule):
    """Each rule that may be named gives R's number; refusing is the default (M9)."""
    estimate, design = without_most_of_the_first_stratum()

    assert standard_error(estimate, design, Lonely(rule)) == close(GOLDEN[f"lonely.{rule}"]["se"])
    with pytest.raises(LonelyPSU):
        variance(estimate, design)


def test_the_jackknife_is_that_of_r():
    """JKn with finite population correction, of a mean and of a ratio (M20)."""
    y, x, weight = SAMPLE.y, SAMPLE.x, SAMPLE.weight
    for name in ("clustered", "elements"):
        design = getattr(SAMPLE, name)
        times, factors = jackknife(design.stratum, design.strata)
        replicate = times[:, design.psu] * weight
        means = (replicate @ y) / replicate.sum(axis=1)

        assert sqrt(jackknife_variance(means, factors)) == close(GOLDEN[f"jackknife.{name}"]["se"])
        if name == "clustered":
            ratios = (replicate @ y) / (replicate @ x)
            wanted = GOLDEN["jackknife.ratio"]["se"]
            assert sqrt(jackknife_variance(ratios, factors)) == close(wanted)


@pytest.mark.parametrize("name", ["clustered", "elements"])
def test_the_bootstrap_agrees_with_the_linearisation(name):
    """Exact for a total in expectation: 4,000 replicates come within 5 % of the error (M20)."""
    design = getattr(SAMPLE, name)
    times = rao_wu(design.stratum, design.strata, 4000, np.random.default_rng(11))
    totals = times[:, design.psu] @ (SAMPLE.weight * SAMPLE.y)
    taylor = variance(total(SAMPLE.y, SAMPLE.weight), design)

    assert times.min() >= 0
    assert bootstrap_variance(totals) == pytest.approx(taylor, rel=0.1)
    assert totals.mean() == pytest.approx(SAMPLE.weight @ SAMPLE.y, rel=0.01)


def test_replicates_refuse_a_lonely_stratum():
    """One unit has no spread to draw from; one that is all there is keeps its weight (M20)."""
    stratum = np.array([0, 0, 1])
    lonely = Strata(np.array([2.0, 1.0]), np.array([9.0, 9.0]))
    whole = Strata(np.array([2.0, 1.0]), np.array([2.0, 1.0]))

    for made in (
        lambda s: rao_wu(stratum, s, 3, np.random.default_rng(1)),
        lambda s: jackknife(stratum, s),
    ):
        with pytest.raises(LonelyPSU):
            made(lonely)
    assert (rao_wu(stratum, whole, 3, np.random.default_rng(1)) == 1).all()
    assert jackknife_variance(np.ones(3), jackknife(stratum, whole)[1]) == 0


AUXILIARY = Auxiliary(
    np.zeros(SAMPLE.y.size, dtype=int),
    np.column_stack([EVERYONE, SAMPLE.domain, SAMPLE.x]).astype(float),
    np.array([[PEOPLE * 1.02, PEOPLE * 0.4, PEOPLE * 51]]),
    ["everyone", "domain", "x"],
)


@pytest.mark.parametrize(
    ("name", "distance"), [("linear", Linear()), ("raking", Raking()), ("logit", Logit(0.3, 3))]
)
def test_calibrated_weights_and_errors_are_those_of_r(name, distance):
    """Weights of calibrate(), and variance from residuals with base weights (M21, M22)."""
    made = calibrate(SAMPLE.weight, AUXILIARY, distance)
    estimates = {
        f"elements.{name}": (mean(SAMPLE.y, made.weight, EVERYONE), SAMPLE.elements),
        f"elements.{name}_total": (total(SAMPLE.y, made.weight), SAMPLE.elements),
        f"elements.{name}_domain": (mean(SAMPLE.y, made.weight, SAMPLE.domain), SAMPLE.elements),
        f"clustered.{name}": (mean(SAMPLE.y, made.weight, EVERYONE), SAMPLE.clustered),
    }

    assert made.weight[0] == close(GOLDEN[f"elements.{name}"]["first_weight"])
    for key, (estimate, design) in estimates.items():
        left = Estimate(estimate.value, made.residual(estimate.influence))
        assert estimate.value == close(GOLDEN[key]["value"])
        assert standard_error(left, design) == close(GOLDEN[key]["se"])


def test_trimming_is_that_of_r_and_keeps_the_sum():
    """trimWeights(strict = TRUE): what is cut is given to the others (M23)."""
    weight = trim(SAMPLE.weight, 2, 12)
    wanted = GOLDEN["trimmed.mean"]

    assert weight.sum() == close(SAMPLE.weight.sum())
    assert weight.min() >= 2
    assert weight.max() <= 12
    assert weight[0] == close(wanted["first_weight"])
    assert mean(SAMPLE.y, weight, EVERYONE).value == close(wanted["value"])
    with pytest.raises(ImpossibleDesign):
        trim(SAMPLE.weight, 0, 1)


def test_trimming_where_all_are_outside_still_keeps_the_sum():
    """Nothing is lost when no weight was within the bounds (M23)."""
    assert trim(np.array([0.0, 9.0]), 4, 6).tolist() == [4.0, 5.0]


def test_alpha_and_omega_are_those_of_r():
    """Omega from one maximum-likelihood factor, as factanal (M28)."""
    known = ~np.isnan(SAMPLE.z)
    y, z, x = SAMPLE.y[known], SAMPLE.z[known], SAMPLE.x[known]
    v = 0.4 * y + 0.3 * z + 0.2 * x + 20 * np.sin(np.arange(1, y.size + 1))
    found = reliability(np.column_stack([y, z, v]))

    assert found.n == y.size
    assert found.alpha == close(GOLDEN["reliability.alpha"]["value"])
    assert found.omega == pytest.approx(GOLDEN["reliability.omega"]["value"], rel=1e-6)


def test_reliability_says_when_it_cannot_be_had():
    """Two items have no omega; one item, or items without spread, no alpha either (M28)."""
    table = np.array([[1.0, 2.0], [2.0, 2.5], [3.0, 4.0], [1.0, np.nan]])

    assert reliability(table).omega is None
    assert omega(np.eye(2)) is None
    assert nonresponse(table).tolist() == [0, 0.25]
    for few in (table[:, :1], table[:2], np.ones((5, 2))):
        with pytest.raises(TooFewItems):
            reliability(few)
