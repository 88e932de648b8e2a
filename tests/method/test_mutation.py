"""Three broken versions of every estimator, each told by the number that the sound one hits.

A mutation replaces one expression in the source of a module; the check must hold for the source as
it is and must not hold for any of its mutations. A test suite that lets one pass tests nothing.
"""

from __future__ import annotations

import importlib
import sys
from math import sqrt
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from espi.method.estimation.kernel import Cells, Strata
from espi.method.estimation.linear import Estimate
from tests.method.golden import numbers, sample

SAMPLE, GOLDEN = sample(), numbers()
EVERYONE = np.ones_like(SAMPLE.domain)
FPC = SAMPLE.elements.population
PEOPLE = SAMPLE.weight.sum()


def near(value, wanted, rel=1e-9):
    return value == pytest.approx(wanted, rel=rel)


def linear(made):
    ratio = made.total(SAMPLE.y, SAMPLE.weight) / made.total(SAMPLE.x, SAMPLE.weight)
    inside = made.mean(SAMPLE.y, SAMPLE.weight, SAMPLE.domain)
    outside = made.mean(SAMPLE.y, SAMPLE.weight, ~SAMPLE.domain)
    found = {"ratio": ratio, "domain_mean": inside, "gap": inside - outside}
    return all(
        near(estimate.value, GOLDEN[f"elements.{name}"]["value"])
        and near(error(estimate), GOLDEN[f"elements.{name}"]["se"])
        for name, estimate in found.items()
    )


def error(estimate, design=SAMPLE.elements):
    from espi.method.estimation.variance import standard_error

    return standard_error(Estimate(estimate.value, estimate.influence), design)


def kernel(made):
    u = SAMPLE.estimates["domain_mean"].influence
    cells = made.Cells(np.zeros(4, dtype=int), np.arange(4), 1)
    stratum = SAMPLE.elements.stratum
    strata = made.Strata(np.bincount(stratum).astype(float), FPC)
    first, second = np.bincount(stratum, u), np.bincount(stratum, u * u)
    found = made.variance_of_sums(first, second, cells, strata)[0]
    return near(sqrt(found), GOLDEN["elements.domain_mean"]["se"])


def stages(made):
    design = made.Design(
        SAMPLE.clustered.psu, SAMPLE.clustered.stratum, SAMPLE.clustered.population
    )
    estimate = SAMPLE.estimates["mean"]
    wanted = GOLDEN["clustered.mean"]["se"] ** 2
    if not near(made.variance(estimate, design), wanted):
        return False
    size = np.bincount(design.psu).astype(float)
    own = np.arange(SAMPLE.y.size)
    extra = made.two_stage_variance(estimate, design, own, size * 2) - wanted
    u, by_hand = estimate.influence, 0.0
    for c in range(size.size):
        inside = u[design.psu == c]
        h = design.stratum[c]
        drawn = (design.stratum == h).sum() / design.population[h]
        by_hand += drawn * 0.5 * inside.size * inside.var(ddof=1)
    return near(extra, by_hand)


def domains(made):
    of = made.Partition(SAMPLE.domain.astype(int), 2)
    estimate = made.means(SAMPLE.y, SAMPLE.weight, EVERYONE, of)
    design = made.domain_design(of, SAMPLE.elements.stratum, FPC)
    wanted = GOLDEN["elements.domain_mean"]
    return near(estimate.value[1], wanted["value"]) and near(
        design.standard_errors(estimate)[1], wanted["se"]
    )


def from_sums(made):
    stratum, w, c = SAMPLE.elements.stratum, SAMPLE.weight, 50.0
    key = SAMPLE.domain * 4 + stratum
    kinds, cell = np.unique(key, return_inverse=True)
    y = SAMPLE.y - c

    def summed(column):
        return np.bincount(cell, column)[:, None]

    sums = made.Sums(
        cells=Cells(kinds // 4, kinds % 4, 2), clustered=False,
        m=summed(np.ones_like(y)), w=summed(w), y=summed(w * y), ww=summed(w * w),
        wy=summed(w * w * y), yy=summed(w * w * y * y), centre=np.array([c]),
        ratio=np.array([True]),
    )  # fmt: skip
    found = made.estimate(sums, Strata(np.bincount(stratum).astype(float), FPC))
    wanted = GOLDEN["elements.domain_mean"]
    return (
        near(found.value[1, 0], wanted["value"])
        and near(found.se[1, 0], wanted["se"])
        and found.df[1, 0] == wanted["df"]
    )


def quantiles(made):
    wanted = GOLDEN["elements.domain_quantile"]
    found = made.quantile(
        SAMPLE.y, SAMPLE.weight, SAMPLE.domain, SAMPLE.elements, 0.5,
        df=int(GOLDEN["elements.domain_mean"]["df"]),
    )  # fmt: skip
    third = made.weighted_quantile(np.arange(1.0, 7.0), np.full(6, 0.7), 0.5)
    return near((found.value, found.se, third), (wanted["value"], wanted["se"], 3))


def replicates(made):
    design = SAMPLE.clustered
    times, factors = made.jackknife(design.stratum, design.strata)
    means = (times[:, design.psu] * SAMPLE.weight) @ SAMPLE.y
    means = means / (times[:, design.psu] @ SAMPLE.weight)
    if not near(sqrt(made.jackknife_variance(means, factors)), GOLDEN["jackknife.clustered"]["se"]):
        return False
    drawn = made.rao_wu(design.stratum, design.strata, 4000, np.random.default_rng(11))
    totals = drawn[:, design.psu] @ (SAMPLE.weight * SAMPLE.y)
    se = sqrt(made.bootstrap_variance(totals))
    return near(se, GOLDEN["clustered.total"]["se"], rel=0.05) and halves(made)


def halves(made):
    design, count = SAMPLE.clustered, 4
    firsts = np.concatenate([np.flatnonzero(design.stratum == h)[:2] for h in range(count)])
    rows = np.isin(design.psu, firsts)
    psu = np.searchsorted(firsts, design.psu[rows])
    strata = Strata(np.full(count, 2.0), np.full(count, np.inf))
    weight = made.balanced_halves(design.stratum[firsts], strata, 0.3)[:, psu] * SAMPLE.weight[rows]
    ratios = (weight @ SAMPLE.y[rows]) / (weight @ SAMPLE.x[rows])
    factors = np.full(ratios.size, 1 / (ratios.size * 0.7**2))
    return near(sqrt(made.replicate_variance(ratios, factors)), GOLDEN["halves.fay_ratio"]["se"])


def calibration(made):
    from espi.method.weighting.distance import Raking

    values = np.column_stack([EVERYONE, SAMPLE.domain, SAMPLE.x]).astype(float)
    totals = np.array([[PEOPLE * 1.02, PEOPLE * 0.4, PEOPLE * 51]])
    auxiliary = made.Auxiliary(np.zeros(SAMPLE.y.size, dtype=int), values, totals, ["n", "d", "x"])
    done = made.calibrate(SAMPLE.weight, auxiliary, Raking())
    total = float(done.weight @ SAMPLE.y)
    left = Estimate(total, done.residual(done.weight * SAMPLE.y))
    wanted = GOLDEN["elements.raking_total"]
    return near(total, wanted["value"]) and near(error(left), wanted["se"])


def distances(made):
    from espi.method.weighting.calibration import Auxiliary, calibrate

    values = np.column_stack([EVERYONE, SAMPLE.domain, SAMPLE.x]).astype(float)
    totals = np.array([[PEOPLE * 1.02, PEOPLE * 0.4, PEOPLE * 51]])
    auxiliary = Auxiliary(np.zeros(SAMPLE.y.size, dtype=int), values, totals, ["n", "d", "x"])
    kinds = {"linear": made.Linear(), "raking": made.Raking(), "logit": made.Logit(0.3, 3)}
    return all(
        near(
            calibrate(SAMPLE.weight, auxiliary, distance).weight[0],
            GOLDEN[f"elements.{name}"]["first_weight"],
        )
        for name, distance in kinds.items()
    )


def intervals(made):
    wanted, df = GOLDEN["elements.share"], np.int64(SAMPLE.elements.df)
    share = (np.float64(wanted["value"]), np.float64(wanted["se"]))
    low, high = made.share_intervals(*share, np.float64(SAMPLE.y.size), df)
    logit = made.logit_intervals(*share, df)
    return (
        near((low, high), (wanted["low"], wanted["high"]))
        and near(logit, (wanted["logit_low"], wanted["logit_high"]))
        and near(made.worth(np.float64(0.9), np.float64(0.02), np.int64(20)), 10.0)
    )


def effects(made):
    y, weight = SAMPLE.y, SAMPLE.weight
    middle = (weight @ y) / weight.sum()
    square = np.float64((weight * (y - middle) ** 2).sum() / weight.sum() ** 2)
    random = made.srs_variance(square, weight.sum(), np.float64(y.size))
    found = GOLDEN["elements.mean"]["se"] ** 2 / random
    return near(found, GOLDEN["elements.mean"]["deff"])


def trimming(made):
    weight = made.trim(SAMPLE.weight, 2, 12)
    wanted = GOLDEN["trimmed.mean"]
    return near(weight[0], wanted["first_weight"]) and near(
        (weight @ SAMPLE.y) / weight.sum(), wanted["value"]
    )


def comparison(made):
    old, new = np.array([70.0, 60.0]), np.array([73.0, 60.5])
    one, two = np.array([1.0, 2.0]), np.array([0.5, 1.0])
    found = made.changes(old, one, new, two, np.array([40, 40]), 0.2)
    parts = made.decomposed(
        np.array([0.5, 0.5]), np.array([80.0, 60.0]), np.array([0.2, 0.8]), np.array([82.0, 61.0])
    )
    return (
        near(found.se, np.sqrt([0.85, 4.6]))
        and near(found.p[0], 0.00233, rel=0.02)
        and near((parts.composition, parts.behaviour), (-6.15, 1.35))
    )


def ranks(made):
    value, se = np.array([90.0, 80.0, 79.5, 60.0]), np.array([1.0, 1.0, 1.0, 1.0])
    found = made.rank_sets(value, se, np.random.default_rng(1))
    return (
        found.best.tolist() == [1, 2, 2, 4]
        and found.worst.tolist() == [1, 3, 3, 4]
        and set(found.alike(1)) == {1, 2}
    )


def reliability(made):
    known = ~np.isnan(SAMPLE.z)
    y, z, x = SAMPLE.y[known], SAMPLE.z[known], SAMPLE.x[known]
    v = 0.4 * y + 0.3 * z + 0.2 * x + 20 * np.sin(np.arange(1, y.size + 1))
    found = made.reliability(np.column_stack([y, z, v]))
    return near(found.alpha, GOLDEN["reliability.alpha"]["value"]) and near(
        found.omega, GOLDEN["reliability.omega"]["value"], rel=1e-6
    )


def allocation(made):
    sizes, deviations = [3000, 4000, 5000, 2000], [48, 79, 76, 16]
    measures = [n * s for n, s in zip(sizes, deviations, strict=True)]
    return (
        made.neyman(190, sizes, deviations) == [31, 69, 83, 7]
        and made.shared(190, measures, [100, 90, 70, 80]) == [35, 77, 70, 8]
        and made.power(70, [100, 400, 1600], 0.5) == [10, 20, 40]
        and made.power(10, [3, 9, 90], 1, 2) == [2, 2, 6]
    )


BROKEN = {
    "estimation.linear": (linear, [
        ("self.influence - quotient * other.influence", "self.influence - other.influence"),
        ("return Estimate(float(weight @ y), weight * y)", "return Estimate(float(weight @ y), y)"),
        ("return self + (-1.0) * other", "return Estimate(self.value - other.value, self.influence)"),
    ]),
    "estimation.kernel": (kernel, [
        ("unsampled = 1 - self.sampled / self.population", "unsampled = 1 + 0 * self.population"),
        ("self.sampled / np.maximum(self.sampled - 1, 1)", "np.ones_like(self.sampled)"),
        ("1 / np.maximum(self.sampled, 1))", "np.zeros_like(self.sampled))"),
    ]),
    "estimation.variance": (stages, [
        ("second = summed_by(design.stratum, u * u, h)[present]", "second = first * first"),
        ("drawn = (h.sampled / h.population)[design.stratum]", "drawn = 1.0"),
        ("np.bincount(self.stratum, minlength=self.population.size)",
         "np.bincount(self.stratum, minlength=self.population.size) + 1"),
    ]),
    "estimation.domains": (domains, [
        ("self.influence - np.nan_to_num(quotient)[rows] * other.influence", "self.influence"),
        ("sampled = np.bincount(stratum, minlength=h)", "sampled = np.bincount(stratum[of.domain == 1], minlength=h)"),
        ("second = summed_by(self.cell, u * u, size)", "second = first * first"),
    ]),
    "estimation.from_sums": (from_sums, [
        ("- 2 * slope * sums.wy", "- slope * sums.wy"),
        ("value = np.where(ratio, quotient + sums.centre", "value = np.where(ratio, quotient"),
        ("return (units - joined.summed(strata))", "return (units - 1 + 0 * joined.summed(strata))"),
    ]),
    "estimation.quantiles": (quantiles, [
        ("wanted = p * fsum(weights)", "wanted = 1.1 * p * fsum(weights)"),
        ("wanted * (1 - ROUNDED)", "wanted * (1 + ROUNDED)"),
        ("(high - low) / (2 * float(t_quantile(df)))", "(high - low) / 2"),
        ("half = float(t_quantile(df)) * ", "half = "),
    ]),
    "estimation.replicates": (replicates, [
        ("1 - shrink + shrink * n / (n - 1) * drawn", "1 - shrink + shrink * drawn"),
        ("shrink = np.sqrt(unsampled[h])", "shrink = 1.0"),
        ("unsampled[stratum] * (n - 1) / n", "unsampled[stratum]"),
        ("1 + (1 - rho) * np.where(first, 1, -1)", "1 + np.where(first, 1, -1)"),
        ("[matrix, -matrix]", "[matrix, matrix]"),
        ("np.where(first, 1, -1)", "np.where(first, 1, 0)"),
    ]),
    "weighting.calibration": (calibration, [
        ("residual: Vector = self.weight * (z - fitted[pattern])", "residual: Vector = self.weight * z"),
        ("summed_by(pattern, self.base * z", "summed_by(pattern, self.weight * z"),
        ("residual: Vector = self.weight * (z", "residual: Vector = self.base * (z"),
    ]),
    "weighting.distance": (distances, [
        ("return 1 + u", "return 1 + u + u**2 / 2"),
        ("return np.exp(u)", "return 1 + u + u**2 / 2"),
        ("return top / (self.high - 1 +", "return top / (self.high +"),
    ]),
    "weighting.trimming": (trimming, [
        ("whole = weight.sum()", "whole = 1.01 * weight.sum()"),
        ("while (outside := (weight < low) | (weight > high)).any():", "if (outside := (weight < low) | (weight > high)).any():"),
        ("weight = np.clip(weight, low, high)", "weight = np.clip(weight, low + 0.5, high)"),
    ]),
    "estimation.intervals": (intervals, [
        ("/ t_quantile(np.maximum(df, 1), level)) ** 2", "/ t_quantile(np.maximum(df, 1), level))"),
        ("persons - np.where(none, 0.0, x) + 1, tail)", "persons - np.where(none, 0.0, x), tail)"),
        ("1 / np.maximum(df, 1) + NEAR_END * cv**2", "1 / np.maximum(df, 1)"),
        ("half = t_quantile(df, level) * se / (safe * (1 - safe))", "half = t_quantile(df, level) * se"),
    ]),
    "estimation.design_effect": (effects, [
        ("(1 - n / weight)", "1"),
        ("n / (n - 1) * square", "square"),
        ("spread * weight**2 / n", "spread * weight / n"),
    ]),
    "comparison.changes": (comparison, [
        ("- 2 * covariance", ""),
        ("2 * stats.t.sf", "stats.t.sf"),
        ("(old_mean + new_mean) / 2", "new_mean"),
    ]),
    "comparison.ranks": (ranks, [
        ("best=1 + above.sum(axis=0)", "best=1 + above.sum(axis=1)"),
        ("worst=value.size - above.sum(axis=1)", "worst=value.size - 0 * above.sum(axis=1)"),
        ("fallen = (ratio > critical)", "fallen = (ratio > -critical)"),
    ]),
    "measurement.reliability": (reliability, [
        ("k / (k - 1) * (1 -", "(1 -"),
        ("(loading * sd).sum() ** 2", "((loading * sd) ** 2).sum()"),
        ("np.sqrt(max(values[-1] - 1, 0.0))", "np.sqrt(values[-1])"),
    ]),
    "sampling.allocation": (allocation, [
        ("n * Fraction(s) for n, s", "n * Fraction(s) ** 2 for n, s"),
        ("for h in order[: total - sum(whole)]:", "for h in order[::-1][: total - sum(whole)]:"),
        ("lower = [min(minimum, size) for size in populations]", "lower = [0 for size in populations]"),
    ]),
}  # fmt: skip
MUTATIONS = [
    pytest.param(module, place, id=f"{module}-{place}")
    for module, (_check, changes) in BROKEN.items()
    for place in range(len(changes))
]


def built(name, change=None):
    """Return a module made from the source as it is, or with one expression replaced."""
    path = Path(importlib.import_module(f"espi.method.{name}").__file__)
    text = path.read_text("utf-8")
    if change:
        old, new = change
        assert text.count(old) >= 1, f"{name} has no {old!r} any more: mend the mutation"
        text = text.replace(old, new)
    made = ModuleType(f"mutated_{name}")
    sys.modules[made.__name__] = made
    try:
        exec(compile(text, str(path), "exec"), made.__dict__)
    finally:
        del sys.modules[made.__name__]
    return made


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_holds_for_the_source_as_it_is(name):
    """A check that fails on sound code would prove nothing."""
    assert BROKEN[name][0](built(name))


@pytest.mark.parametrize(("name", "place"), MUTATIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # broken arithmetic may also warn
def test_a_broken_version_is_told(name, place):
    """Each misses the number, refuses, or breaks off; none passes."""
    check, changes = BROKEN[name]
    try:
        passed = check(built(name, changes[place]))
    except Exception:  # noqa: BLE001 however it breaks, it is told
        passed = False

    assert not passed
