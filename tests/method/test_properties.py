"""Laws that hold for any data (docs/method)."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats

from espi.method.disclosure.cells import showable, shown_count
from espi.method.errors import ImpossibleDesign
from espi.method.estimation.collapse import collapse
from espi.method.estimation.intervals import (
    mean_interval,
    probability_between,
    share_interval,
)
from espi.method.estimation.linear import mean, total
from espi.method.estimation.variance import element_design, variance
from espi.method.sampling.allocation import power
from espi.method.sampling.selection import select
from espi.method.sampling.size import invitations, required_size
from espi.method.weighting.nonresponse import stratum_weights

RNG = np.random.default_rng(7)
N = 60
STRATUM = RNG.integers(0, 4, N)
DESIGN = element_design(STRATUM, np.array([80.0, 100.0, 90.0, 70.0]))
Y, WEIGHT, DOMAIN = RNG.uniform(0, 100, N), RNG.uniform(1, 5, N), RNG.random(N) < 0.4
EVERYONE = np.ones(N, dtype=bool)


@given(factor=st.floats(0.01, 100), shift=st.floats(-1e3, 1e3))
def test_a_mean_does_not_care_about_the_scale_of_weights(factor, shift):
    """Rescaling every weight and shifting every answer moves a mean and leaves its variance."""
    before = mean(Y, WEIGHT, EVERYONE)
    after = mean(Y + shift, factor * WEIGHT, EVERYONE)

    assert after.value == pytest.approx(before.value + shift, rel=1e-9, abs=1e-7)
    assert variance(after, DESIGN) == pytest.approx(variance(before, DESIGN), rel=1e-6)


@given(order=st.permutations(range(N)))
def test_the_order_of_rows_changes_nothing(order):
    """Estimates belong to a set of answers."""
    design = element_design(STRATUM[order], DESIGN.population)
    shuffled = mean(Y[order], WEIGHT[order], DOMAIN[order])

    assert shuffled.value == pytest.approx(mean(Y, WEIGHT, DOMAIN).value)
    assert variance(shuffled, design) == pytest.approx(
        variance(mean(Y, WEIGHT, DOMAIN), DESIGN), rel=1e-9
    )


def test_complementary_domains_add_up():
    """The totals of a domain and of the rest are the total."""
    inside = total(np.where(DOMAIN, Y, 0), WEIGHT) + total(np.where(DOMAIN, 0, Y), WEIGHT)

    assert inside.value == pytest.approx(total(Y, WEIGHT).value)
    assert variance(inside, DESIGN) == pytest.approx(variance(total(Y, WEIGHT), DESIGN))


@pytest.mark.parametrize(
    ("population", "deff", "wanted"), [(10_000, 1, 370), (500, 1, 218), (10_000, 1.5, 545)]
)
def test_sizes_are_those_of_the_literature(population, deff, wanted):
    """Rounded up once (M1)."""
    assert required_size(population, 0.05, deff=deff) == wanted


@given(population=st.integers(0, 10**7), margin=st.floats(0.01, 0.3), rate=st.floats(0.05, 1))
def test_nobody_is_invited_twice(population, margin, rate):
    """Sizes and invitations never exceed the population (M1, M2)."""
    n = required_size(population, margin)

    assert 0 <= n <= population
    assert n <= invitations(n, rate, population) <= population or population == 0


@given(
    sizes=st.lists(st.integers(0, 5000), min_size=1, max_size=9),
    share=st.floats(0, 1),
    minimum=st.integers(0, 5),
)
def test_an_allocation_is_exact(sizes, share, minimum):
    """The sum is the total, no stratum gets more than it has or less than the minimum (M3)."""
    wanted = int(share * sum(sizes))
    given_out = power(wanted, sizes, 1, minimum)
    floor = [min(minimum, size) for size in sizes]

    assert sum(given_out) == max(wanted, sum(floor))
    assert all(f <= n <= size for f, n, size in zip(floor, given_out, sizes, strict=True))


@given(seed=st.text(min_size=1, max_size=8), n=st.integers(0, 30))
def test_a_draw_is_the_same_on_any_machine(seed, n):
    """Neither the order of the list nor the machine changes who is drawn (M4)."""
    units = [f"unit-{number}" for number in range(30)]

    drawn = select(units, seed, n)
    assert drawn == select(reversed(units), seed, n)
    assert len(set(drawn)) == n


def test_every_unit_has_the_same_chance():
    """Over 3,000 seeds, how often each of 12 units is drawn fits the uniform (M4)."""
    units = [f"u{number}" for number in range(12)]
    counts = Counter(unit for seed in range(3000) for unit in select(units, str(seed), 3))

    assert stats.chisquare(list(counts.values())).pvalue > 1e-3


def test_weights_sum_to_the_population():
    """Respondents stand for all people of their stratum (M5)."""
    weight = stratum_weights(STRATUM, DESIGN.population)

    assert np.bincount(STRATUM, weights=weight) == pytest.approx(DESIGN.population)


def test_more_answers_than_people_are_refused():
    """A count that is smaller than its answers cannot be right."""
    with pytest.raises(ImpossibleDesign):
        stratum_weights(np.zeros(3, dtype=int), np.array([2.0]))


def test_a_small_stratum_is_joined_and_told():
    """One respondent and none are joined to the largest sibling; the whole one stays (M9)."""
    home, told = collapse(
        {"a": 5, "b": 1, "d": 1},
        {"a": 50, "b": 20, "c": 30, "d": 1, "e": 40},
        {"a": "x", "b": "x", "c": "x", "d": "x", "e": "y"},
    )

    assert home == {"a": "a", "b": "a", "c": "a", "d": "d", "e": "e"}
    assert {(join.stratum, join.into) for join in told} == {("b", "a"), ("c", "a")}


def test_answers_of_an_unknown_stratum_are_refused():
    """No population, no weight."""
    with pytest.raises(ImpossibleDesign):
        collapse({"ghost": 3}, {"a": 5}, {"a": "x"})


@given(value=st.floats(0, 100), se=st.floats(0, 60), df=st.integers(0, 500))
@example(value=5e-324, se=1.0, df=1)
@example(value=1e-200, se=1.0, df=1)
def test_an_interval_stays_on_the_scale(value, se, df):
    """Never outside 0–100 (M10)."""
    low, high = mean_interval(value, se, df)

    assert 0 <= low <= value <= high <= 100


def test_a_share_has_the_interval_of_korn_and_graubard():
    """apistrat, sch.wide = Yes: R svyciprop(method = "beta") gives 0.774171 to 0.873432 (M10)."""
    low, high = share_interval(0.827948011416, 0.0243447801131, 200, 197)

    assert low == pytest.approx(0.774171328597, rel=1e-9)
    assert high == pytest.approx(0.873431592621, rel=1e-9)


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 0.0, None), (1.0, None, 1.0)])
def test_a_share_of_none_or_all_still_has_an_interval(share, low, high):
    """Nobody among thirty does not mean nobody."""
    found = share_interval(share, 0.0, 30, 29)

    assert found[0] == low or low is None
    assert found[1] == high or high is None
    assert found[0] < found[1]


def test_bands_get_all_the_probability():
    """The chances of adjoining bands add up to one."""
    edges = [-1e6, 73, 78, 1e6]
    chances = [probability_between(74, 2, 30, *pair) for pair in pairwise(edges)]

    assert sum(chances) == pytest.approx(1)
    assert probability_between(74, 0, 30, 73, 78) == 1


def test_small_and_wild_numbers_are_not_shown():
    """Enough people and enough precision, both (M16)."""
    assert showable(10, 60, 5, 10)
    assert not showable(9, 60, 5, 10)
    assert not showable(10, 60, 16, 10)
    assert [shown_count(n, 10) for n in (0, 3, 10)] == ["0", "<10", "10"]
