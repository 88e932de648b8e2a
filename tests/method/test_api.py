"""R's own survey data: the numbers of its documentation, to nine digits (docs/method, M6 to M22).

The data belong to the package and are read from it; the numbers were made by tools/golden and agree
with the survey vignette, its test files and SAS where those print them.
"""

from __future__ import annotations

from math import sqrt

import numpy as np
import polars as pl
import pytest

from espi.method.errors import LonelyPSU
from espi.method.estimation.linear import Estimate, mean, total
from espi.method.estimation.quantiles import quantile
from espi.method.estimation.replicates import jackknife, jackknife_variance
from espi.method.estimation.variance import (
    Design,
    element_design,
    standard_error,
    two_stage_variance,
    variance,
)
from espi.method.weighting.calibration import Auxiliary, calibrate
from espi.method.weighting.distance import Linear, Logit, Raking
from espi.method.weighting.margins import Margin, auxiliary_from_margins
from tests.method import r
from tests.method.golden import GOLDEN, numbers

API = numbers("api")
PUBLISHED = {  # the survey vignette, its tests/*.Rout.save and CAMIS (SAS 9.4), as printed there
    "clus1.mean": (644.17, 23.542),
    "clus1.total": (3404940, 932235),
    "clus1.raked": (641.23, 23.704),
    "clus1.raked_total": (3647280, 400603),
    "srs.mean": (656.585, 9.249722),
    "srs.ratio": (1.051066, 0.003604),
}


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    r.need_survey()
    folder = tmp_path_factory.mktemp("api")
    r.run(GOLDEN / "export_api.R", folder)
    return {path.stem: pl.read_csv(path, infer_schema_length=None) for path in folder.iterdir()}


def numbers_of(frame, *names):
    return [frame[name].cast(pl.Float64).to_numpy() for name in names]


def codes(column):
    return np.unique(column.to_numpy(), return_inverse=True)[1]


def everyone(frame):
    return np.ones(frame.height, dtype=bool)


def agrees(name, value, se):
    wanted = API[name]
    assert value == pytest.approx(wanted["value"], rel=1e-9)
    assert se == pytest.approx(wanted["se"], rel=1e-9)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_golden_numbers_are_the_printed_ones(name):
    """What R gave here is what stands in print."""
    value, se = PUBLISHED[name]

    assert API[name]["value"] == pytest.approx(value, rel=5e-6)
    assert API[name]["se"] == pytest.approx(se, rel=1e-4)


def stratified(frame):
    stratum = codes(frame["stype"])
    first = np.unique(stratum, return_index=True)[1]
    return element_design(stratum, frame["fpc"].to_numpy()[first].astype(float))


def test_the_stratified_sample(data):
    """Means, a total, a ratio, missing answers and domains that cut across strata (M6 to M8)."""
    frame = data["apistrat"]
    weight, score, enroll, students = numbers_of(frame, "pw", "api00", "enroll", "api.stu")
    design, all_of_them = stratified(frame), everyone(frame)
    free = element_design(design.stratum, np.full(3, np.inf))
    order = np.argsort(frame["snum"].to_numpy(), kind="stable")
    known = all_of_them.copy()
    known[order[[2, 29, 89, 149]]] = False
    estimates = {
        "strat.mean": mean(score, weight, all_of_them),
        "strat.total": total(enroll, weight),
        "strat.ratio": total(students, weight) / total(enroll, weight),
        "strat.missing": mean(score, weight, known),
        **{f"strat.type_{k}": mean(score, weight, (frame["stype"] == k).to_numpy()) for k in "EHM"},
        **{
            f"strat.wide_{k}": mean(score, weight, (frame["sch.wide"] == k).to_numpy())
            for k in ("No", "Yes")
        },
    }

    for name, estimate in estimates.items():
        agrees(name, estimate.value, standard_error(estimate, design))
    agrees(
        "strat.mean_without_fpc",
        estimates["strat.mean"].value,
        standard_error(estimates["strat.mean"], free),
    )


@pytest.mark.parametrize("p", [25, 50, 90])
def test_quantiles_of_the_stratified_sample(data, p):
    """Woodruff's interval, as svyquantile (M19)."""
    frame = data["apistrat"]
    weight, score = numbers_of(frame, "pw", "api00")
    design = stratified(frame)
    found = quantile(score, weight, everyone(frame), design, p / 100, df=design.df)

    agrees(f"strat.quantile_{p}", found.value, found.se)
    assert (found.low, found.high) == (
        API[f"strat.quantile_{p}"]["low"],
        API[f"strat.quantile_{p}"]["high"],
    )


def test_the_simple_random_sample(data):
    """Mean, growth and ratio, as SAS 9.4 prints them too (M7, M8)."""
    frame = data["apisrs"]
    weight, after, before = numbers_of(frame, "pw", "api00", "api99")
    design = element_design(np.zeros(frame.height, dtype=int), np.array([6194.0]))

    for name, estimate in {
        "srs.mean": mean(after, weight, everyone(frame)),
        "srs.growth": mean(after - before, weight, everyone(frame)),
        "srs.ratio": total(after, weight) / total(before, weight),
    }.items():
        agrees(name, estimate.value, standard_error(estimate, design))


def clustered(frame, population):
    psu = codes(frame["dnum"])
    return Design(psu, np.zeros(psu.max() + 1, dtype=int), np.array([population]))


def test_the_cluster_sample(data):
    """Districts drawn, all their schools asked (M8)."""
    frame = data["apiclus1"]
    weight, score, enroll, students = numbers_of(frame, "pw", "api00", "enroll", "api.stu")
    design = clustered(frame, 757.0)

    for name, estimate in {
        "clus1.mean": mean(score, weight, everyone(frame)),
        "clus1.total": total(enroll, weight),
        "clus1.ratio": total(students, weight) / total(enroll, weight),
    }.items():
        agrees(name, estimate.value, standard_error(estimate, design))


def test_the_two_stage_sample(data):
    """Districts drawn, then schools in them: both stages, and the first alone (M8)."""
    frame = data["apiclus2"]
    weight, score, enroll = numbers_of(frame, "pw", "api00", "enroll")
    design, known = clustered(frame, 757.0), ~np.isnan(enroll)
    first = np.unique(design.psu, return_index=True)[1]
    schools = frame["fpc2"].to_numpy()[first].astype(float)
    stages = (design, codes(frame["snum"]), schools)
    middle, whole = mean(score, weight, everyone(frame)), total(np.where(known, enroll, 0), weight)

    agrees("clus2.mean", middle.value, sqrt(two_stage_variance(middle, *stages)))
    agrees("clus2.total", whole.value, sqrt(two_stage_variance(whole, *stages)))
    agrees("clus2.ultimate", middle.value, standard_error(middle, design))
    with pytest.raises(LonelyPSU):
        two_stage_variance(middle, design, codes(frame["snum"]), schools + 1)


def residual_error(estimate, made, design):
    left = Estimate(estimate.value, made.residual(estimate.influence))
    return standard_error(left, design)


@pytest.mark.parametrize(
    ("name", "distance"), [("greg", Linear()), ("raking", Raking()), ("logit", Logit(0.5, 2))]
)
def test_calibration_to_counts_and_a_total(data, name, distance):
    """School types and last year's score: the error falls to a seventh, by residuals (M21, M22)."""
    frame = data["apiclus1"]
    weight, score, before = numbers_of(frame, "pw", "api00", "api99")
    kind = frame["stype"].to_numpy()
    values = np.column_stack([np.ones(frame.height), kind == "H", kind == "M", before])
    auxiliary = Auxiliary(
        np.zeros(frame.height, dtype=int), values.astype(float),
        np.array([[6194.0, 755, 1018, 3914069]]), ["all", "H", "M", "api99"],
    )  # fmt: skip
    made = calibrate(weight, auxiliary, distance)
    estimate = mean(score, made.weight, everyone(frame))

    agrees(f"clus1.{name}", estimate.value, residual_error(estimate, made, clustered(frame, 757.0)))


def test_poststratification_and_raking(data):
    """One margin, then two at once; base weights in the projection (M21, M22)."""
    frame = data["apiclus1"]
    weight, score, enroll = numbers_of(frame, "pw", "api00", "enroll")
    design, part = clustered(frame, 757.0), np.zeros(frame.height, dtype=int)
    types = Margin(codes(frame["stype"]), np.array([[4421.0, 755, 1018]]), ("E", "H", "M"))
    wide = Margin(codes(frame["sch.wide"]), np.array([[1072.0, 5122]]), ("No", "Yes"))
    post = calibrate(weight, auxiliary_from_margins(part, {"stype": types}), Linear())
    raked = calibrate(
        weight, auxiliary_from_margins(part, {"stype": types, "sch.wide": wide}), Raking()
    )

    for name, made, kind in (
        ("clus1.post", post, total), ("clus1.post_mean", post, mean),
        ("clus1.raked", raked, mean), ("clus1.raked_total", raked, total),
    ):  # fmt: skip
        estimate = (
            total(enroll, made.weight)
            if kind is total
            else mean(score, made.weight, everyone(frame))
        )
        agrees(name, estimate.value, residual_error(estimate, made, design))


def test_the_jackknife_equals_the_linearisation_for_a_total(data):
    """JKn of the stratified sample; for totals and stratified means the two are one (M20)."""
    frame = data["apistrat"]
    weight, score, enroll = numbers_of(frame, "pw", "api00", "enroll")
    design = stratified(frame)
    times, factors = jackknife(design.stratum, design.strata)
    replicate = times * weight

    found = jackknife_variance(replicate @ enroll, factors)
    agrees("jackknife.total", float(weight @ enroll), sqrt(found))
    assert found == pytest.approx(variance(total(enroll, weight), design), rel=1e-9)
    means = (replicate @ score) / replicate.sum(axis=1)
    agrees(
        "jackknife.mean",
        float(np.average(score, weights=weight)),
        sqrt(jackknife_variance(means, factors)),
    )
