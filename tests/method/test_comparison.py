"""Changes, false discoveries, ranks and rates (docs/method, M17, M24 to M27)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.method.comparison.changes import changes, decomposed, welch_df
from espi.method.comparison.multiplicity import adjusted
from espi.method.comparison.ranks import rank_sets
from espi.method.outcomes import rates
from espi.method.outcomes.rates import Dispositions

# PISA 2018, mathematics: mean and standard error of the OECD countries (OECD, PISA 2018 database).
PISA = {
    "Australia": (491.3600252, 1.939833031), "Austria": (498.9423138, 2.970998694),
    "Belgium": (508.0703063, 2.262662011), "Canada": (512.0169429, 2.357475749),
    "Chile": (417.4065563, 2.41588757), "Colombia": (390.9322732, 2.989559274),
    "Czech Republic": (499.4676508, 2.460661531), "Denmark": (509.3983746, 1.735002337),
    "Estonia": (523.4145802, 1.743602224), "Finland": (507.3013618, 1.967920411),
    "France": (495.4075794, 2.320214487), "Germany": (500.0437805, 2.647083096),
    "Greece": (451.3703438, 3.091228197), "Hungary": (481.0826364, 2.319596741),
    "Iceland": (495.1873762, 1.953082603), "Ireland": (499.632894, 2.198621128),
    "Israel": (463.0345488, 3.498563228), "Italy": (486.5898573, 2.780045867),
    "Japan": (526.9732502, 2.471475318), "Korea": (525.933002, 3.121394315),
    "Latvia": (496.1263306, 1.962766789), "Lithuania": (481.1911884, 1.953282039),
    "Luxembourg": (483.421485, 1.097632409), "Mexico": (408.8014734, 2.493225544),
    "Netherlands": (519.2309824, 2.632277885), "New Zealand": (494.489676, 1.705942856),
    "Norway": (500.9637885, 2.219044878), "Poland": (515.6478747, 2.602085176),
    "Portugal": (492.4874062, 2.684570081), "Slovak Republic": (486.1648542, 2.555595707),
    "Slovenia": (508.8975441, 1.363877596), "Spain": (481.3926126, 1.462417763),
    "Sweden": (502.3877022, 2.654250935), "Switzerland": (515.3147131, 2.908003898),
    "Turkey": (453.5077774, 2.260406789), "United Kingdom": (501.7698992, 2.564428111),
    "United States": (478.2447174, 3.235444099),
}  # fmt: skip
NAMES = list(PISA)
SCORE, ERROR = (np.array(column) for column in zip(*PISA.values(), strict=True))


def place(name):
    return NAMES.index(name)


def test_the_published_rank_sets_of_pisa():
    """The United Kingdom is 13th; the set of its own comparisons, 8 to 23, lies in ours (M27)."""
    rng = np.random.default_rng(4)
    sets = rank_sets(SCORE, ERROR, rng)

    assert sets.rank[place("United Kingdom")] == 13
    assert sets.best[place("United Kingdom")] <= 8
    assert sets.worst[place("United Kingdom")] >= 23
    assert sets.best[place("Germany")] <= 7 <= sets.worst[place("Korea")]


def test_three_countries_stand_apart():
    """Chile, Mexico and Colombia share no rank with any other country, as published (M27)."""
    sets = rank_sets(SCORE, ERROR, np.random.default_rng(5))
    last = [place(name) for name in ("Chile", "Mexico", "Colombia")]
    others = [number for number in range(len(NAMES)) if number not in last]

    assert sets.worst[others].max() < sets.best[last].min()
    assert set(sets.alike(place("Colombia"))) == {place("Colombia")}
    assert place("Korea") in sets.alike(place("Japan"))


def test_rank_sets_hold_all_true_ranks_at_once():
    """In 95 % of 300 simulated tables, less four Monte-Carlo errors (M27)."""
    rng = np.random.default_rng(8)
    truth = np.sort(rng.normal(72, 4, 25))[::-1]
    error = rng.uniform(0.5, 2.5, 25)
    ranks = np.arange(1, 26)
    held = 0
    for _ in range(300):
        sets = rank_sets(truth + error * rng.standard_normal(25), error, rng)
        held += bool(((sets.best <= ranks) & (ranks <= sets.worst)).all())

    assert held / 300 > 0.95 - 4 * np.sqrt(0.95 * 0.05 / 300)


def test_rank_sets_of_what_is_known_exactly_are_ranks():
    """Without error there is nothing to doubt, and with enormous error nothing to say (M27)."""
    value = np.array([3.0, 1.0, 2.0])
    exact = rank_sets(value, np.array([1e-9, 1e-9, 0.0]), np.random.default_rng(1))
    vague = rank_sets(value, np.full(3, 1e6), np.random.default_rng(1))

    assert exact.best.tolist() == exact.worst.tolist() == exact.rank.tolist() == [1, 3, 2]
    assert vague.best.tolist() == [1, 1, 1]
    assert vague.worst.tolist() == [3, 3, 3]


def test_p_values_are_adjusted_as_in_r():
    """p.adjust(c(.01, .04, .03, .5), "BH") gives .04, .05333, .05333, .5 (M25)."""
    found = adjusted(np.array([0.01, 0.04, 0.03, 0.5]))

    assert found == pytest.approx([0.04, 0.16 / 3, 0.16 / 3, 0.5])


def test_no_change_is_rarely_called_one():
    """Of 640 agencies without change, 32 raw alarms; adjusted, hardly any table has one (M25)."""
    rng = np.random.default_rng(6)
    raw, any_of_them = 0, 0
    for _ in range(100):
        error = rng.uniform(0.5, 2, 640)
        old, new = 72 + error * rng.standard_normal((2, 640))
        found = changes(old, error, new, error, np.full(640, 10**6))
        raw += int((found.p < 0.05).sum())
        any_of_them += bool((found.q < 0.05).any())

    assert raw / 64_000 == pytest.approx(0.05, abs=0.004)
    assert any_of_them <= 5 + 4 * np.sqrt(5)


def test_a_change_of_the_same_people_counts_their_covariance():
    """ReGenesees' Delta.el: difference 484.24, standard error 202.10 from its variances (M24)."""
    one, two, rho = 29866.05115, 21316.52012, 0.2048452121
    first, second = np.sqrt([one]), np.sqrt([two])
    found = changes(
        np.zeros(1),
        first,
        np.array([484.2381148]),
        second,
        np.array([50]),
        rho * np.sqrt(one * two),
    )

    assert found.se[0] == pytest.approx(202.1023811, rel=1e-8)
    assert found.low[0] < 484.24 < found.high[0]


def test_degrees_of_freedom_follow_the_noisier_wave():
    """Welch's formula on two samples of unequal size; never below one (M24)."""
    df = welch_df(
        np.array([1.0, 0.0]), np.array([5, 5]), np.array([0.1, 0.0]), np.array([500, 500])
    )

    assert df[0] == 5
    assert df[1] >= 1


def test_nothing_changed_for_certain():
    """Two waves known without error: a change is sure, no change too (M24)."""
    zero = np.zeros(2)
    found = changes(np.array([1.0, 1.0]), zero, np.array([1.0, 2.0]), zero, np.array([9, 9]))

    assert found.p.tolist() == [1.0, 0.0]


@given(data=st.data())
def test_the_parts_of_a_change_add_up(data):
    """Method, composition and behaviour are all of it, for any strata (M26)."""
    h = data.draw(st.integers(1, 6))
    raw = [data.draw(st.lists(st.floats(0.01, 1), min_size=h, max_size=h)) for _ in range(2)]
    means = [np.array(data.draw(st.lists(st.floats(0, 100), min_size=h, max_size=h))) for _ in "on"]
    old, new = (np.array(shares) / sum(shares) for shares in raw)
    parts = decomposed(old, means[0], new, means[1], method=1.5)

    assert parts.total == pytest.approx(new @ means[1] - old @ means[0] + 1.5, abs=1e-9)


def test_only_people_moved():
    """Same answers in every stratum, other shares: all is composition (M26)."""
    same = np.array([80.0, 60.0])
    parts = decomposed(np.array([0.5, 0.5]), same, np.array([0.2, 0.8]), same)

    assert (parts.method, parts.composition, parts.behaviour) == pytest.approx((0, -6, 0))


CASES = Dispositions(
    complete=4, partial=2, refusal=1, non_contact=1, other=1, unknown=2, not_eligible=1
)
E = rates.eligible_share(CASES)


@pytest.mark.parametrize(
    ("rate", "wanted"),
    [
        (rates.rr1(CASES), 0.364), (rates.rr2(CASES), 0.545), (rates.rr3(CASES, E), 0.370),
        (rates.rr4(CASES, E), 0.556), (rates.rr5(CASES), 0.444), (rates.rr6(CASES), 0.667),
        (rates.coop1(CASES), 0.500), (rates.coop2(CASES), 0.750), (rates.coop3(CASES), 0.571),
        (rates.coop4(CASES), 0.857), (rates.ref1(CASES), 0.091), (rates.ref2(CASES, E), 0.093),
        (rates.ref3(CASES), 0.111), (rates.con1(CASES), 0.727), (rates.con2(CASES, E), 0.741),
        (rates.con3(CASES), 0.889),
    ],
)  # fmt: skip
def test_rates_are_those_of_aapor(rate, wanted):
    """All sixteen, on the twelve cases that R's outcomerate documents for the standard (M17)."""
    assert rate == pytest.approx(wanted, abs=5e-4)


def test_no_cases_have_no_rate():
    """Nothing over nothing is not zero; what is not known may be eligible (M17)."""
    assert rates.rr1(Dispositions()) is None
    assert rates.eligible_share(Dispositions(unknown=5)) == 1
