"""Three broken versions of every module of small areas and verdicts, each told by a number.

As tests/method/test_mutation.py: a check must hold for the source as it is and for no mutation.
The numbers are those of whole matrices, of scipy, or reckoned by hand (M31 to M38).
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from espi.method.estimation.domains import Partition
from espi.method.small_areas.direct import direct_scores
from espi.method.small_areas.estimates import area_scores
from espi.method.small_areas.framing import answered_areas
from espi.method.small_areas.prediction import Covariates
from tests.method.small_areas.conftest import nation
from tests.method.small_areas.test_prediction import Case, by_matrices
from tests.method.test_mutation import built

NATION = nation(agencies=5, areas=3, answers=14)
RNG = np.random.default_rng(12)
M, BY = 15, Partition(np.repeat(np.arange(5), 3), 5)
X, Y = RNG.normal(0, 1, (M, 1)), RNG.normal(70, 9, M)
PHI, SHARE = RNG.uniform(4, 20, M), np.full(M, 1 / 3)
Z = np.column_stack([BY.domain[:, None] == np.arange(5), X]).astype(float)


def near(value, wanted, rel=1e-7):
    return value == pytest.approx(wanted, rel=rel, abs=1e-9)


def projection(v):
    """Return P = V⁻¹ − V⁻¹Z(Z'V⁻¹Z)⁻¹Z'V⁻¹ for a whole matrix V and its own Z."""
    matrix, z = v
    w = np.linalg.inv(matrix)
    return w - w @ z @ np.linalg.solve(z.T @ w @ z, z.T @ w)


def prediction(made):
    uncertainty = made.Uncertainty(PHI, np.linspace(0.3, 1, M), 9.0, np.ones(M), np.ones(M) / 2)
    covariates = made.Covariates(X, ("x",), BY)
    effects = made.fixed_effects(Y, covariates, 1 / uncertainty.whole)
    got = made.predict(Y, effects, uncertainty, SHARE, BY)
    wanted = by_matrices(Case(Y, BY, SHARE, uncertainty, covariates, Z), 1 / uncertainty.whole)
    return (
        near(got.value, wanted["value"])
        and near(got.mse, wanted["mse"] + 3)
        and near(got.contrast_mse, wanted["contrast"] + 3 * (1 - 2 / 3 + 1 / 3))
        and near(got.shift_variance, wanted["shift"])
    )


def fay_herriot(made):
    df, unseen = np.full(M, 10.0), np.full(M, 0.8)
    model = made.fay_herriot(made.AreaEstimates(Y, PHI, df, unseen), Covariates(X, ("x",), BY))
    v = model.area_variance + PHI
    p = projection((np.diag(v), Z))
    centred = projection((np.diag(v), Z[:, :5]))
    of_it = 2 / np.trace(centred @ centred)
    spread = (0.8 * (1 - 0.8 * PHI / v - 0.8 * PHI / v * model.area_variance / v)) ** 2
    spread = spread * 2 * PHI**2 / 10 + (0.8 * PHI / v) ** 4 * of_it
    return (
        near(np.trace(p), Y @ p @ p @ Y)
        and near(model.variance_of_it, of_it)
        and near(model.uncertainty.by_estimation, 0.64 * PHI**2 / v**3 * of_it)
        and near(model.uncertainty.by_psi, 0.64 * model.area_variance**2 / v**3 * PHI**2 / 5)
        and near(model.df, 2 * (0.8 * PHI * (1 - 0.8 * PHI / v)) ** 2 / spread)
    )


def nested_error(made):
    n = np.arange(3, 3 + M)
    area = np.repeat(np.arange(M), n)
    y = (Y + 2 * X[:, 0])[area] + 9 * np.sin(np.arange(area.size))
    x = np.cos(np.arange(area.size))[:, None]
    units, means = made.units_of(y, x, Partition(area, M))
    model = made.nested_error(units, Covariates(means, ("x",), BY))
    same = (area[:, None] == area[None, :]).astype(float)
    z = np.column_stack([BY.domain[area][:, None] == np.arange(5), x]).astype(float)
    v = model.area_variance * same + model.person_variance * np.eye(area.size)
    p = projection((v, z))
    own = units.mean - model.effects.fitted
    concentration = 1 / n
    weighted = made.Weighted(units.mean, concentration, np.ones(M), n.astype(float))
    pseudo = made.pseudo_eblup(model, weighted, Covariates(X, ("x",), BY))
    whole = model.area_variance + model.person_variance / n
    gamma = model.area_variance / whole
    s, t = model.person_variance, model.area_variance
    c = model.covariance
    h = s**2 * c[0, 0] + t**2 * c[1, 1] - 2 * s * t * c[0, 1]
    g3 = (1 - gamma) ** 2 * gamma / (s**2 * t) * h  # as You and Rao write it
    centred = projection((v, z[:, :5]))
    return (
        near(np.trace(p @ same), y @ p @ same @ p @ y)
        and near(np.trace(p), y @ p @ p @ y)
        and near(np.linalg.inv(c)[0, 1] * 2, np.trace(centred @ same @ centred))
        and near(pseudo.uncertainty.by_estimation, g3)
        and near(pseudo.effects.weight, n * (1 - gamma))
        and own.size == M
    )


def reml(made):
    weight, ones = 1 / (PHI + 4), np.ones(M)
    covariates = Covariates(X, ("x",), BY)
    p = projection((np.diag(PHI + 4), Z[:, :5]))
    got = made.information(covariates, weight, ones, PHI)

    def profile(t):
        return SimpleNamespace(deviance=(t - 2) ** 2, slope=lambda: 2 * (t - 2))

    def falling(t):
        return SimpleNamespace(deviance=t, slope=lambda: 1.0)

    zero, fit = made.maximised(falling, 1.0)
    return (
        near(got, np.trace(p @ p @ np.diag(PHI)))
        and near(made.maximised(profile, 1.0)[0], 2.0)
        and near(zero, 2.0)  # the maximum of log t² − t
        and fit.value == "at-zero"
    )


def moments(made):
    y = np.array([3.0, 4, 8, 9, 20, 1, 1, 2, 7, 30, 50, 2])
    of = Partition(np.repeat([0, 1], 6), 2)
    got = made.moments(y, of)
    parts = [y[:6], y[6:]]
    k4 = sum(6 * stats.kstat(part, 4) for part in parts)
    s4 = sum(6 * (part.var(ddof=1) ** 2 - stats.kstat(part, 4) / 6) * 5 / 7 for part in parts)
    return near(got.square, [5 * part.var(ddof=1) for part in parts]) and near(got.excess, k4 / s4)


def variances(made):
    s2, delta = np.array([100.0, 400.0, np.nan, 0.0]), np.array([0.1, 0.1, 1.0, 0.1])
    got = made.steady_variances(s2, delta, np.ones(4), 1.0)
    noise = 0.1 + 0.2 / 0.9
    ratio = np.array([100, 400, 0.0]) / (500 / 3)
    c2 = (((ratio - 1) ** 2).sum() / noise - 2) / (3 / noise + 3)
    own = c2 / (c2 + (1 + c2) * noise)
    return (
        near(got.spread, np.sqrt(c2))
        and near(got.variance, 500 / 3 * np.array([*(1 + own * (ratio - 1)), 1.0])[[0, 1, 3, 2]])
        and near(got.df[[0, 2]], 2 / (np.array([(1 - own), 1.0]) * c2 + noise / 3))
        and near(made.scale_of(np.array([50.0, 100.0])), [2500, 49.75])
    )


def direct(made):
    sampled = made.Sampled(NATION.sampled.weight, NATION.sampled.stratum, NATION.sampled.strata)
    got = made.direct_scores(sampled, NATION.layout, ("a", "b"), NATION.people)
    inside = NATION.layout.of.domain == 4
    w, y = sampled.weight[inside], NATION.people[inside, 0]
    agency = NATION.layout.agency[NATION.layout.of.domain] == NATION.layout.agency[4]
    mean, delta = np.average(y, weights=w), (w**2).sum() / w.sum() ** 2
    return (
        near(got.value[4, 0], mean)
        and near(got.concentration[4, 0], delta)
        and near(got.spread[4, 0], np.average((y - mean) ** 2, weights=w) / (1 - delta))
        and near(got.share[4, 0], w.sum() / sampled.weight[agency].sum())
    )


def framing(made):
    areas = answered_areas(NATION.direct, NATION.layout, 0)
    [scores, _other] = area_scores(NATION.direct, NATION.layout)
    got = made.by_direct("score", areas, np.full(M, 150.0), {})
    agree = direct_scores(NATION.sampled, NATION.layout, ("s",), np.full((210, 1), 60.0))
    alike = made.by_direct("s", answered_areas(agree, NATION.layout, 0), np.full(M, 150.0), {})
    whole = NATION.layout.by_agency.summed(scores.share * got.value)
    return (
        near(got.value, NATION.direct.value[:, 0])
        and near(got.high, NATION.direct.high[:, 0])
        and near(alike.mse, 150 * agree.concentration[:, 0] * agree.unseen[:, 0])
        and near(whole, NATION.layout.by_agency.summed(scores.share * scores.value))
    )


def bars(made):
    [scores, _other] = area_scores(NATION.direct, NATION.layout)
    layout, near_points = NATION.layout, 5.0
    own = made.to_own_mean(scores, layout, near_points)
    category = made.to_category_mean(scores, layout, near_points)
    band = made.to_band(scores, layout, 69.0, 74.0, near_points)
    t = scores.contrast[0] / np.sqrt(scores.contrast_mse[0])
    alike = (layout.category == layout.category[0]) & (layout.agency != 0)
    gap = scores.value[0] - scores.value[alike].mean()
    se = np.sqrt(scores.mse[0] + scores.mse[alike].sum() / alike.sum() ** 2)
    p = scores.value[0] / 100
    step = (np.log(0.69 / 0.31) - np.log(p / (1 - p))) / (scores.se[0] / 100 / (p * (1 - p)))
    return (
        near(own.above[0], stats.t.cdf(t, scores.df[0]))
        and near(category.below[0], stats.t.cdf(-gap / se, scores.df[0]))
        and near(
            category.near[0],
            stats.t.cdf((5 - gap) / se, scores.df[0]) - stats.t.cdf((-5 - gap) / se, scores.df[0]),
        )
        and near(band.below[0], stats.t.cdf(step, scores.df[0]))
    )


def discoveries(made):
    error = np.array([0.09, 0.001, 0.5, 0.06, np.nan, 0.07, 0.11, 0.05])
    family = np.array([0, 0, 0, 1, 1, 0, 2, 2])
    got = made.discoveries(error, family, 0.05, 0.1)
    return got.tolist() == [False, True, False, False, False, True, False, True]


BROKEN = {
    "small_areas.prediction": (prediction, [
        ("+ 2 * (uncertainty.by_estimation", "+ (uncertainty.by_estimation"),
        ("own * (1 - 2 * share)", "own * (1 - share)"),
        ("self.variance(level, slope) - 2 * shared", "self.variance(level, slope) - shared"),
        ("x_mean = covariates.summed(weight[:, None] * x)", "x_mean = covariates.summed(x)"),
        ("level**2 * self.level", "level * self.level"),
    ]),
    "small_areas.fay_herriot": (fay_herriot, [
        ("pull = weight**2 * (effects.leverage + residual**2)", "pull = weight**2 * residual**2"),
        ("unseen**2 / whole**3", "unseen / whole**3"),
        ("= 2 * variance**2 / estimates.df", "= variance**2 / estimates.df"),
        ("by_variance**2 * of_variance + doubt**4", "by_variance**2 * of_variance + doubt**2"),
    ]),
    "small_areas.nested_error": (nested_error, [
        ("spare = float(n.sum()) - coefficients", "spare = float(n.sum())"),
        ("weight = n / (1 + ratio * n)", "weight = n / (1 + ratio)"),
        ("ve = information(covariates, weight, ones, 1 / n)", "ve = 0.0"),
        ("means.weight * variance / whole", "means.weight"),
        ("by_between = -unseen * variance", "by_between = unseen * variance"),
    ]),
    "small_areas.reml": (reml, [
        ("- lost.sum() + back.sum()", "- lost.sum()"),
        ("profile(t).slope() - 2 / t", "profile(t).slope() - 1 / t"),
        ("lost = 2 * by.summed", "lost = by.summed"),
    ]),
    "small_areas.moments": (moments, [
        ("n * (n + 1) * fourth", "n * n * fourth"),
        ("(s2**2 - k4 / n)", "s2**2"),
        ("(n - 1) / (n + 1)", "1"),
    ]),
    "small_areas.variances": (variances, [
        ("2 * delta / (1 - delta)", "2 * delta"),
        ("c2 / (c2 + (1 + c2) * noise)", "c2 / (c2 + noise)"),
        ("np.where(several, 1 / noise, 0.0)", "1 / noise"),
        ("inside * (TOP - inside)", "inside * TOP"),
    ]),
    "small_areas.direct": (direct, [
        ("left = whole * (1 - concentration[:, k])", "left = whole"),
        ("/ whole**2", "/ whole"),
        ("[layout.agency]", ".mean(axis=0)"),
    ]),
    "small_areas.framing": (framing, [
        ("np.where(lacking, borrowed, areas.infinite_se)", "areas.infinite_se"),
        ("np.sqrt(expected * areas.concentration)", "np.sqrt(expected)"),
        ("low, high = mean_intervals(areas.y", "high, low = mean_intervals(areas.y"),
    ]),
    "verdicts.bars": (bars, [
        ("scores.contrast_mse", "scores.mse"),
        ("of_others(scores.mse) / count**2", "of_others(scores.mse) / count"),
        ("- np.bincount(cell, summed, layout.agencies * k)[cell]", "- 0 * cell"),
        ("special.logit(edge / TOP) - special.logit(p)", "special.logit(edge / TOP)"),
    ]),
    "verdicts.discoveries": (discoveries, [
        ("error <= single", "error <= 1"),
        ("(summed - before) / rank <= level", "summed - before <= level"),
        ("before = np.repeat(summed[starts] - error[order][starts], sizes)", "before = 0.0"),
    ]),
}  # fmt: skip
MUTATIONS = [
    pytest.param(module, place, id=f"{module}-{place}")
    for module, (_check, changes) in BROKEN.items()
    for place in range(len(changes))
]


@pytest.mark.parametrize("name", BROKEN)
def test_the_check_holds_for_the_source_as_it_is(name):
    """A check that fails on sound code would prove nothing."""
    assert BROKEN[name][0](built(name))


@pytest.mark.parametrize(("name", "place"), MUTATIONS)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # broken arithmetic may also warn
def test_a_broken_version_is_told(name, place):
    """Each misses the number, refuses, or breaks off; none passes."""
    check, changes = BROKEN[name]
    module = built(name, changes[place])
    try:
        passed = check(module)
    except Exception:  # noqa: BLE001 however it breaks, it is told
        passed = False

    assert not passed
