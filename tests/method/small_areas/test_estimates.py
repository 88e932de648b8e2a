"""Which estimate is used, and what becomes of data that no model can take (M32, M36)."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from espi.method.estimation.domains import Partition
from espi.method.small_areas.direct import direct_scores
from espi.method.small_areas.estimates import ChoiceRule, area_scores
from espi.method.small_areas.fay_herriot import fay_herriot, taken_as_true
from espi.method.small_areas.layout import lay_out_areas
from espi.method.small_areas.moments import moments
from espi.method.small_areas.prediction import Covariates
from espi.method.small_areas.reml import ModelUnusable
from espi.method.small_areas.scores import Fit, Model
from espi.method.small_areas.variances import scale_of, steady_variances
from tests.method.small_areas.conftest import nation


def scored(of, people, rule=None):
    """Return the scores of other answers of the same people."""
    direct = direct_scores(of.sampled, of.layout, ("score",), people[:, None])
    [scores] = area_scores(direct, of.layout, rule)
    return direct, scores


@pytest.fixture(scope="module")
def unlike():
    """A nation in whose even areas people differ five times as much as in the others."""
    of = nation(agencies=8, areas=4, answers=40, spread=3.0)
    even = of.layout.of.domain % 2 == 0
    middle = of.direct.value[of.layout.of.domain, 0]
    gap = (of.people[:, 0] - middle) * np.where(even, 1.0, 0.2)
    return of, np.clip(middle + gap, 0, 100)


def test_people_of_one_variance_get_the_unit_level_model(small_nation):
    """Same people everywhere: one variance from all of them is the better one (M36)."""
    scores, _service = area_scores(small_nation.direct, small_nation.layout)

    assert scores.model is Model.UNIT_LEVEL
    assert scores.fit == {Model.UNIT_LEVEL: Fit.CONVERGED}


def test_people_of_unlike_variances_get_the_area_level_model(unlike):
    """And an area whose people agree is trusted more (M36)."""
    _direct, scores = scored(*unlike)

    assert scores.model is Model.AREA_LEVEL
    assert scores.trust[1::2].min() > scores.trust[::2].max()


@pytest.mark.parametrize("unlike_above", [0.0, 9.0])
def test_areas_add_up_to_their_agency_under_either_model(unlike, unlike_above):
    """The same shift for each area of an agency; contrasts add up to nothing (M35)."""
    of, people = unlike
    direct, scores = scored(of, people, ChoiceRule(unlike=unlike_above))
    by, share = of.layout.by_agency, direct.share[:, 0]

    assert scores.model is (Model.UNIT_LEVEL if unlike_above else Model.AREA_LEVEL)
    assert by.summed(share * scores.value) == pytest.approx(by.summed(share * direct.value[:, 0]))
    assert by.summed(share * scores.contrast) == pytest.approx(0, abs=1e-9)
    assert (scores.low <= scores.value).all()
    assert (scores.value <= scores.high).all()


def test_too_few_areas_fall_back_to_direct_and_say_so():
    """Two agencies of three areas leave four areas over for a variance (M36)."""
    of = nation(agencies=2, areas=3, answers=20)
    scores, _service = area_scores(of.direct, of.layout)

    assert scores.model is Model.DIRECT
    assert scores.fit == {Model.UNIT_LEVEL: Fit.TOO_FEW_AREAS}
    assert scores.value == pytest.approx(of.direct.value[:, 0])
    assert scores.mse == pytest.approx(of.direct.se[:, 0] ** 2)
    assert scores.low == pytest.approx(of.direct.low[:, 0])
    assert (scores.trust == 1).all()


@pytest.mark.parametrize(("unlike_above", "due"), [(9, Model.UNIT_LEVEL), (0, Model.AREA_LEVEL)])
def test_a_search_that_does_not_end_falls_back_to_direct_and_says_so(unlike, unlike_above, due):
    """One step is not enough for any search (M36)."""
    direct, scores = scored(*unlike, ChoiceRule(unlike=unlike_above, steps=1))

    assert scores.model is Model.DIRECT
    assert scores.fit == {due: Fit.NOT_CONVERGED}
    assert scores.value == pytest.approx(direct.value[:, 0])


def test_a_likelihood_without_a_maximum_is_refused():
    """Areas whose variances are nothing beside their differences (M33, M36)."""
    y, one = np.linspace(0, 100, 12), Covariates(np.ones((12, 1)), ("one",))

    with pytest.raises(ModelUnusable) as refusal:
        fay_herriot(taken_as_true(y, np.full(12, 1e-6)), one)
    assert refusal.value.fit is Fit.NOT_CONVERGED


def test_areas_that_do_not_differ_keep_a_variance_above_zero():
    """The likelihood is greatest at zero; areas could differ, so the adjusted one serves (M33)."""
    y, psi = np.tile([70.0, 70.5], 6), np.full(12, 25.0)
    model = fay_herriot(taken_as_true(y, psi), Covariates(np.ones((12, 1)), ("one",)))

    assert model.fit is Fit.AT_ZERO
    assert 0 < model.area_variance < 25


@pytest.mark.parametrize("answer", [0.0, 64.0, 100.0])
def test_a_nation_that_agrees_has_no_model_and_no_doubt(small_nation, answer):
    """All people of all areas said the same: nothing can be smoothed (M36)."""
    _direct, scores = scored(small_nation, np.full(small_nation.people.shape[0], answer))

    assert scores.model is Model.DIRECT
    assert set(scores.fit.values()) == {Fit.NO_SPREAD}
    assert scores.value == pytest.approx(answer, abs=1e-9)
    assert np.isfinite(scores.low).all()
    assert (scores.low >= 0).all()
    assert (scores.high <= 100).all()
    if answer in {0.0, 100.0}:  # as many others might have said the other thing (M10)
        assert (scores.high - scores.low).min() > 10


@pytest.mark.parametrize("rule", [ChoiceRule(), ChoiceRule(unlike=0.0), ChoiceRule(steps=1)])
def test_an_area_that_agrees_is_no_certainty(small_nation, rule):
    """Fifteen people at 100 have the error that other areas let expect (M32, M36)."""
    people = small_nation.people[:, 0].copy()
    people[small_nation.layout.of.domain == 5] = 100.0
    direct, scores = scored(small_nation, people, rule)

    assert direct.se[5, 0] == pytest.approx(0, abs=1e-6)
    assert scores.se[5] > 0.2
    assert scores.low[5] < scores.value[5] <= 100


@pytest.mark.parametrize("rule", [{}, {"unlike": 0.0}, {"steps": 1}])
def test_an_area_of_one_answer_is_defined(small_nation, rule):
    """Where a rule asks for one answer only: it has the variance of others (M32, M36)."""
    people = small_nation.people[:, 0].copy()
    others = np.flatnonzero(small_nation.layout.of.domain == 7)[1:]
    people[others] = np.nan
    direct, scores = scored(small_nation, people, ChoiceRule(least=1, **rule))

    assert direct.n[7, 0] == 1
    assert np.isnan(direct.spread[7, 0])
    assert scores.se[7] > 3
    assert scores.low[7] < scores.value[7] < scores.high[7]
    if scores.model is not Model.DIRECT:
        assert scores.trust[7] < 0.5


def test_an_area_without_answers_has_no_score(small_nation):
    """And the others of its agency add up without it (M31, M35)."""
    people = small_nation.people[:, 0].copy()
    people[small_nation.layout.of.domain == 2] = np.nan
    direct, scores = scored(small_nation, people)
    by = small_nation.layout.by_agency
    whole = by.summed(direct.share[:, 0] * np.nan_to_num(scores.value))
    wanted = by.summed(direct.share[:, 0] * np.nan_to_num(direct.value[:, 0]))

    assert np.isnan(scores.value[2])
    assert not scores.estimated[2]
    assert whole == pytest.approx(wanted)


def test_nine_answers_are_in_no_model(small_nation):
    """So no other area's score tells anything of them; the rest of the agency adds up (M36)."""
    people = small_nation.people[:, 0].copy()
    nine = np.flatnonzero(small_nation.layout.of.domain == 2)
    people[nine[9:]] = np.nan
    direct, scores = scored(small_nation, people)
    people[nine[:9]] = 0.0
    _moved, again = scored(small_nation, people)

    assert direct.n[2, 0] == 9
    assert np.isnan(scores.value[2])
    np.testing.assert_array_equal(scores.value, again.value)
    np.testing.assert_array_equal(scores.mse, again.mse)
    assert small_nation.layout.by_agency.summed(np.nan_to_num(scores.share)) == pytest.approx(1.0)


def test_one_agency_and_agencies_of_one_area_are_defined():
    """One agency borrows from its own areas; a single area is its agency (M36)."""
    alone = nation(agencies=1, areas=9, answers=20)
    scores, _service = area_scores(alone.direct, alone.layout)
    assert scores.model is Model.UNIT_LEVEL

    mixed = nation(agencies=6, areas=3, answers=15)
    agency = mixed.layout.agency[mixed.layout.of.domain]
    codes = pl.Series(["all" if a == 0 else mixed.layout.code[d] for a, d in
                       zip(agency, mixed.layout.of.domain, strict=True)])  # fmt: skip
    every = np.ones(agency.size, dtype=bool)
    layout = lay_out_areas(Partition(agency, 6), codes, every, ["city"] * 6, {})
    single = replace(mixed, layout=layout)
    direct, scores = scored(single, mixed.people[:, 0])
    assert scores.model is not Model.DIRECT
    assert scores.value[0] == pytest.approx(direct.value[0, 0])
    assert scores.contrast[0] == pytest.approx(0, abs=1e-9)


def test_who_was_seen_is_no_longer_uncertain(small_nation):
    """Where everybody answered, the direct score is the truth whatever a model expects (M33)."""
    direct = small_nation.direct
    census = replace(direct, unseen=np.zeros_like(direct.unseen))
    scores, _service = area_scores(census, small_nation.layout)

    assert scores.model is Model.UNIT_LEVEL
    assert scores.value == pytest.approx(direct.value[:, 0])
    assert scores.mse == pytest.approx(0, abs=1e-9)


def test_steady_variances_go_from_the_function_to_the_area():
    """Few answers: the function. Many: their own, and k fits on average (M32)."""
    rng = np.random.default_rng(4)
    true = 200 * rng.gamma(4, 0.25, 400)
    n = np.where(np.arange(400) % 2 == 0, 8, 400)
    s2 = true * rng.chisquare(n - 1) / (n - 1)
    found = steady_variances(s2, 1 / n, np.ones(400), 0.0)

    assert found.spread == pytest.approx(0.5, abs=0.08)  # as drawn: relative deviation 1/2
    assert found.own[1] > 0.95
    assert found.own[0] < 0.55
    error = np.mean((found.variance - true)[::2] ** 2)
    assert error < 0.7 * np.mean((s2 - true)[::2] ** 2)
    assert 2 / found.df[0] == pytest.approx(error / 200**2, rel=0.4)


def test_variances_that_do_not_differ_are_one():
    """Nothing beyond chance: all that is left is a common factor, near the ends smaller (M32)."""
    rng = np.random.default_rng(4)
    s2 = 0.1 * scale_of(np.array([50.0, 98.0, 100.0])).repeat(60) * rng.chisquare(19, 180) / 19
    found = steady_variances(
        s2, np.full(180, 0.05), scale_of(np.repeat([50.0, 98.0, 100.0], 60)), 0.0
    )

    assert found.spread < 0.2
    assert found.variance[0] == pytest.approx(250, rel=0.15)
    assert found.variance[-1] == pytest.approx(4.975, rel=0.15)


def test_the_excess_kurtosis_is_pooled_without_bias():
    """Of twelve people an area: 0 for normal scores, 6 for exponential ones (M32)."""
    rng = np.random.default_rng(2)
    of = Partition(np.repeat(np.arange(4000), 12), 4000)

    assert moments(rng.normal(0, 3, 48000), of).excess == pytest.approx(0, abs=0.1)
    assert moments(rng.exponential(2, 48000), of).excess == pytest.approx(6, rel=0.2)
    assert moments(np.ones(48000), of).excess == 0
