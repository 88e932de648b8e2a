"""The models give the numbers of R: sae on published data, lme4 and matrices on random ones."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from espi.method.estimation.domains import Partition
from espi.method.small_areas.fay_herriot import fay_herriot, taken_as_true
from espi.method.small_areas.nested_error import Weighted, nested_error, pseudo_eblup, units_of
from espi.method.small_areas.prediction import Covariates, predict
from tests.method import r

DATA = Path(__file__).resolve().parents[4] / "shared" / "data" / "small_areas"


def columns(name):
    """Return the columns of a published data set, or skip where it is not at hand."""
    path = DATA / f"{name}.csv"
    if not path.is_file():
        pytest.skip(f"the data set {path.name} is not on this machine")
    with path.open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    return {key: [row[key] for row in rows] for key in rows[0]}


def numbers(table, name):
    return np.array([float(value) for value in table[name]])


def near(wanted):
    return pytest.approx(wanted, rel=1e-6)


def test_the_area_level_model_is_that_of_sae_on_milk():
    """Variance, coefficients, predictions and Prasad–Rao errors of 43 areas (M33, M35)."""
    milk, wanted = columns("milk"), columns("milk_expected")
    y, psi = numbers(milk, "yi"), numbers(milk, "SD") ** 2
    region = numbers(milk, "MajorArea")
    x = np.column_stack([np.ones_like(y), *(region == k for k in (2, 3, 4))])

    model = fay_herriot(taken_as_true(y, psi), Covariates(x, ("one", "2", "3", "4")))
    whole = Partition(np.zeros(y.size, dtype=np.int64), 1)
    found = predict(y, model.effects, model.uncertainty, np.full(y.size, 1 / y.size), whole)

    assert model.area_variance == near(0.0185503347628)
    assert model.effects.coefficients == near(
        [0.968188986975, 0.132780305457, 0.226946224521, -0.241301039945]
    )
    assert found.value == near(numbers(wanted, "eblup"))
    assert found.mse == near(numbers(wanted, "mse"))


@pytest.mark.parametrize(
    ("crop", "area_variance", "person_variance", "coefficients"),
    [
        ("Corn", 140.023889710, 147.268629540, [51.0703980771, 0.328721732424, -0.134568447968]),
        (
            "SoyBeans",
            247.528427679,
            190.454239000,
            [-15.5902711244, 0.0271763899945, 0.494393198556],
        ),
    ],
)
def test_the_unit_level_model_is_that_of_sae_on_crops(
    crop, area_variance, person_variance, coefficients
):
    """Variances, coefficients and predictions of a finite population in twelve counties (M34)."""
    fields, means = columns("cornsoybean"), columns("cornsoybean_means")
    wanted = numbers(columns("cornsoybean_expected"), crop.lower())
    used = np.arange(37) != 32  # the authors leave row 33 out
    county = (numbers(fields, "County")[used] - 1).astype(np.int64)
    y = numbers(fields, f"{crop}Hec")[used]
    names = ("CornPix", "SoyBeansPix")
    x = np.column_stack([np.ones_like(y), *(numbers(fields, name)[used] for name in names)])
    units, sample_means = units_of(y, x, Partition(county, 12))

    model = nested_error(units, Covariates(sample_means, ("one", *names)))
    effects = model.effects
    trust = model.area_variance / (model.area_variance + model.person_variance / units.n)
    v = trust * (units.mean - effects.fitted)
    sampled = units.n / numbers(means, "PopnSegments")
    population = np.column_stack(
        [np.ones(12), *(numbers(means, f"Mean{name}PerSeg") for name in names)]
    )
    unsampled = population - sampled[:, None] * sample_means
    eblup = sampled * units.mean + unsampled @ effects.coefficients + (1 - sampled) * v

    assert model.area_variance == near(area_variance)
    assert model.person_variance == near(person_variance)
    assert effects.coefficients == near(coefficients)
    assert eblup == near(wanted)


@pytest.fixture(scope="module")
def random_people():
    """People of 40 areas in 8 agencies, unequal in number."""
    rng = np.random.default_rng(8)
    n = rng.integers(3, 15, 40)
    area = np.repeat(np.arange(40), n)
    x = rng.normal(0, 1, 40)
    level = 70 + rng.normal(0, 3, 8)[np.arange(40) // 5] + 2 * x + rng.normal(0, 3, 40)
    y = level[area] + rng.normal(0, 10, area.size)
    direct = np.bincount(area, y) / n
    psi = 100 / n * rng.uniform(0.7, 1.5, 40)
    return area, x, y, direct, psi


@pytest.fixture(scope="module")
def in_r(random_people, tmp_path_factory):
    """What R says of them."""
    r.need("lme4")
    area, x, y, direct, psi = random_people
    path = tmp_path_factory.mktemp("models") / "people.csv"
    pl.DataFrame(
        {
            "y": y,
            "area": area,
            "agency": area // 5,
            "x": x[area],
            "direct": direct[area],
            "psi": psi[area],
        }
    ).write_csv(path, float_precision=17)
    lines = r.run(Path(__file__).with_name("models.R"), path).splitlines()
    return {row["name"]: row["values"] for row in map(json.loads, lines)}


def of_areas(x):
    return Covariates(x[:, None], ("x",), Partition(np.arange(40) // 5, 8))


def test_the_unit_level_model_is_that_of_lme4(random_people, in_r):
    """Agencies with intercepts of their own, a covariate of areas (M34)."""
    area, x, y, _direct, _psi = random_people
    units, _means = units_of(y, np.zeros((y.size, 0)), Partition(area, 40))
    units = type(units)(units.n, units.mean, units.square, np.zeros((1, 2)))
    model = nested_error(units, of_areas(x))
    ones = np.ones(40)
    equal = Weighted(units.mean, 1 / units.n, ones, units.n)
    pseudo = pseudo_eblup(model, equal, of_areas(x))
    by = Partition(np.arange(40) // 5, 8)
    share = units.n / by.summed(units.n)[by.domain]
    found = predict(units.mean, pseudo.effects, pseudo.uncertainty, share, by)

    assert [model.area_variance, model.person_variance] == near(in_r["unit.variances"])
    assert pseudo.effects.coefficients == near(in_r["unit.slope"])
    assert found.value == near(in_r["unit.areas"])
    slope_variance = model.person_variance * model.effects.inverse
    assert slope_variance[0] == near(in_r["unit.slope_variance"])
    assert found.total_shift == pytest.approx(0, abs=1e-9)  # You and Rao: adds up by itself
    assert found.shift_variance == pytest.approx(0, abs=1e-9)


def test_the_area_level_model_is_that_of_r(random_people, in_r):
    """Agencies with intercepts of their own, known variances; R with whole matrices (M33)."""
    _area, x, _y, direct, psi = random_people
    model = fay_herriot(taken_as_true(direct, psi), of_areas(x))
    whole = Partition(np.arange(40) // 5, 8)
    found = predict(direct, model.effects, model.uncertainty, np.full(40, 0.2), whole)

    assert model.area_variance == near(in_r["area.variance"][0])
    assert model.effects.coefficients == near(in_r["area.slope"])
    assert model.effects.inverse[0] == near(in_r["area.slope_variance"])
    assert found.value == near(in_r["area.areas"])
