"""Careless and coached answers: what is marked, how often wrongly, and what is found (C, F)."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from bench.simulate import Coached, Honest, coach, nation
from espi.method.comparison.multiplicity import adjusted, simes
from espi.method.response_quality import null as chance
from espi.method.response_quality.ceiling import tilt
from espi.method.response_quality.coached import assess
from espi.method.response_quality.divergence import agency_findings, divergence
from espi.method.response_quality.flags import Paradata, Thresholds, flag, variability
from espi.method.response_quality.profile import expected_share, levels, profile
from espi.method.response_quality.statistics import cosine_at, layout
from espi.method.response_quality.twins import twins

NAN = float("nan")
SIZES = [10, 20, 30] * 30
FORM = Coached(share=0.5, similarity=1.0)
SHEETS = arrays(np.float64, (12, 10), elements=st.sampled_from([1.0, 2.0, 3.0, 4.0, 5.0, NAN]))


def judged(whole, *, seed=1, **options):
    return assess(
        whole.answers, whole.unit, whole.agency, rng=np.random.default_rng(seed), **options
    )


def honest(seed, model=None, sizes=SIZES):
    return nation(np.random.default_rng(seed), sizes, model or Honest())


@pytest.mark.parametrize("model", [
    Honest(unit=0.0), Honest(unit=0.3), Honest(unit=0.6), Honest(unit=0.1, unit_item=0.2),
])  # fmt: skip
def test_honest_units_of_one_mind_are_not_called_coached(model):
    """Content or divided, homogeneous or not: honest units have p ≤ 0.05 in about 5 % (C8).

    Three nations of 90 units: 270 units, of which a fair test marks 13.5 with standard deviation
    3.6; 25 would be more than three standard deviations.
    """
    findings = [
        found for seed in range(3) for found in judged(honest(seed, model), permutations=100)
    ]

    assert sum(found.p <= 0.05 for found in findings) < 25
    assert sum(found.flagged for found in findings) <= 2


def test_half_a_unit_with_one_form_is_found_and_nobody_else():
    """Of four units in which half copied a form, all are flagged, copies counted (C4–C9)."""
    whole, rng = honest(5), np.random.default_rng(6)
    coached = [1, 4, 8, 11]
    for unit in coached:
        whole = coach(rng, whole, unit, FORM)

    findings = judged(whole)

    assert [found.unit for found in findings if found.flagged] == coached
    assert [findings[unit].largest_group for unit in coached] == [10, 10, 15, 15]
    assert findings[4].burst > 4


def test_a_crowd_at_the_very_top_is_found_by_its_colleagues():
    """Half of eighty told to give the best answers stand out from the other half (C7)."""
    whole = honest(7, sizes=[20, 80] * 20)
    whole = coach(np.random.default_rng(8), whole, 1, Coached(0.5, 1.0, "best"))

    found = judged(whole, permutations=200)[1]

    assert found.flagged
    assert found.crowd > max(found.similarity, found.burst)


def test_the_same_chance_gives_the_same_findings():
    """Findings depend on the answers and the generator's state, on nothing else (C8)."""
    whole = honest(9, sizes=[10] * 12)

    assert judged(whole, seed=3, permutations=20) == judged(whole, seed=3, permutations=20)


@settings(max_examples=10, deadline=None)
@given(
    factor=st.sampled_from([0.5, 2.0, 10.0]), names=st.permutations(range(12)),
)  # fmt: skip
def test_names_and_codes_do_not_matter(factor, names):
    """Other codes for the categories and other names for the units leave the p-values (C1–C8)."""
    whole = honest(10, sizes=[8] * 12)
    rename = np.sort(np.array(names) * 7)
    before = judged(whole, permutations=10)
    after = assess(
        whole.answers * factor, rename[whole.unit], whole.agency + 5,
        rng=np.random.default_rng(1), permutations=10,
    )  # fmt: skip

    assert [found.p for found in after] == pytest.approx([found.p for found in before])
    assert [found.unit for found in after] == rename.tolist()
    assert {found.agency for found in after} == {5}


@settings(max_examples=60, deadline=None)
@given(answers=SHEETS)
def test_any_sheet_can_be_judged(answers):
    """Whatever is missing or constant, p and q are probabilities or not known, q ≥ p (C8, C9)."""
    unit = np.repeat([0, 1, 2], [1, 4, 7])

    for found in assess(answers, unit, unit * 0, rng=np.random.default_rng(0), permutations=5):
        assert np.isnan(found.p) == (found.size < 3)
        assert np.isnan(found.p) or 0 < found.p <= found.q <= 1


def test_nobody_answered_is_no_finding():
    """A file of missing answers has no units to judge (C1)."""
    assert (
        assess(np.full((4, 3), NAN), np.arange(4), np.zeros(4, int), rng=np.random.default_rng(0))
        == []
    )


def test_one_opinion_everywhere_is_nothing_to_be_found():
    """Where the whole nation gives one answer, no unit stands out: p is 1 (C8)."""
    unit = np.repeat(np.arange(5), 6)
    findings = assess(
        np.full((30, 4), 3.0), unit, unit * 0, rng=np.random.default_rng(0), permutations=5
    )

    assert {found.p for found in findings} == {1.0}


def test_level_is_the_mean_of_what_was_answered():
    """Levels lie on 0–1 over the answered items; nothing answered has no level (C1)."""
    answers = np.array([[1, 5, NAN], [5, 1, NAN], [3, NAN, NAN], [NAN, NAN, NAN]])

    assert levels(answers) == pytest.approx([0.5, 0.5, 0.5, NAN], nan_ok=True)


@settings(max_examples=40, deadline=None)
@given(answers=SHEETS)
def test_patterns_are_unit_vectors_or_nothing(answers):
    """A pattern has length one, or zero where nothing but the level is left (C2, C3)."""
    person = profile(answers)
    length = np.linalg.norm(person.pattern, axis=1)

    assert np.all(np.isclose(length, 1, atol=1e-3) | (length == 0))
    assert np.all(person.residual[~person.answered] == 0)
    assert np.all(person.spread >= 0)


def test_all_missing_has_an_empty_profile():
    """A profile of nothing is nothing (C2)."""
    assert not profile(np.full((3, 2), NAN)).pattern.any()


@given(seed=st.integers(0, 1000), people=st.integers(1, 300))
def test_places_change_only_among_neighbours_in_level(seed, people):
    """A permutation keeps everybody, and moves nobody further than a window of levels (C8)."""
    level = np.random.default_rng(seed).permutation(people).astype(float)
    moved = chance.shuffled(np.arange(people), level, np.random.default_rng(seed))

    assert sorted(moved) == list(range(people))
    assert np.abs(level[moved] - level).max() < chance.window(people)


@given(size=st.lists(st.integers(1, 400), min_size=1, max_size=80), least=st.integers(1, 30))
def test_cells_are_large_enough_or_one(size, least):
    """Every cell holds the fewest units asked for, unless the nation has fewer (C8)."""
    found = chance.cells(np.array(size), np.linspace(0, 1, len(size)), least)

    assert np.bincount(found).min() >= min(least, len(size))


def test_permutations_follow_the_number_of_units():
    """Few units are permuted often, many seldom, within bounds (C8)."""
    assert [chance.permutations_for(units) for units in (0, 10, 500, 25_600)] == [
        2_000, 2_000, 200, 50,
    ]  # fmt: skip


def test_the_tail_agrees_with_a_normal_law():
    """Beyond the counted values p falls as it should: within a factor of three at z = 4.5 (C8)."""
    random = np.sort(np.random.default_rng(2).normal(size=20_000))

    assert chance.tail_p(0.0, random) == pytest.approx(0.5, abs=0.02)
    assert 3.4e-6 / 3 < chance.tail_p(4.5, random) < 3.4e-6 * 30
    assert chance.tail_p(9.0, random) > 0


@pytest.mark.parametrize("random", [np.zeros(20), np.zeros(1000), np.arange(100.0)])
def test_a_tail_that_cannot_be_fitted_is_counted(random):
    """Few random values, or equal ones, give (1 + larger) / (1 + all) (C8)."""
    assert chance.tail_p(1000.0, random) == pytest.approx(1 / (1 + random.size))


@given(z=arrays(np.float64, (70, 4), elements=st.floats(-3, 30)))
def test_honest_homogeneity_never_adds_suspicion(z):
    """Taking off what most units share leaves no unit further above the middle (C8)."""
    random = np.random.default_rng(0).normal(size=(9, 70, 4))
    fair = chance.less_honest_homogeneity(z, random, np.full(70, 10))

    assert np.all(fair <= np.maximum(z, 0) + 1e-9)


def test_a_tilted_nation_has_the_mean_it_is_given():
    """Random units drawn at a mean level have that mean; more stand at the top with it (C7)."""
    nation_levels = tilt(np.random.default_rng(3).beta(4, 2, 5_000))
    drawn = nation_levels.random_levels(
        np.array([0.5, 0.8]), np.array([20_000, 20_000]), np.random.default_rng(4)
    )

    assert drawn[:20_000].mean() == pytest.approx(0.5, abs=0.01)
    assert drawn[20_000:].mean() == pytest.approx(0.8, abs=0.01)
    assert np.all(np.diff(nation_levels.share) >= -1e-12)


def test_a_lonely_respondent_is_near_nobody():
    """With one respondent there is no pair to take a cosine of (C6)."""
    assert cosine_at(np.ones((1, 3), dtype=np.float32), 0.99, np.random.default_rng(0)) == 1.0


def test_rows_are_laid_out_by_unit():
    """The layout holds each unit's rows together, and its agency (C4)."""
    where = layout(np.array([1, 0, 1]), np.array([3, 2, 3]))

    assert where.order.tolist() == [1, 0, 2]
    assert where.agency.tolist() == [2, 3]


def test_benjamini_and_hochberg_reject_four_of_their_fifteen():
    """The example of the paper: four of fifteen at 5 %, three by Bonferroni (C9)."""
    p = np.array([0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459,
                  0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000])  # fmt: skip

    assert (adjusted(p) <= 0.05).sum() == 4
    assert simes(p) == pytest.approx(0.0015)


@given(p=st.lists(st.floats(0, 1) | st.just(NAN), max_size=30))
def test_adjusted_values_keep_order(p):
    """q is never below p, keeps the order of p, and is missing where p is (C9)."""
    p = np.array(p, dtype=float)
    q = adjusted(p)
    known = ~np.isnan(p)

    assert np.array_equal(np.isnan(q), ~known)
    assert np.all(q[known] >= p[known])
    assert np.all(np.diff(q[known][np.argsort(p[known], kind="stable")]) >= 0)


def test_an_agency_that_only_its_own_people_admire_stands_out():
    """One agency twenty points above its line has the smallest p; the others look usual (C10)."""
    rng = np.random.default_rng(11)
    outside = rng.normal(70, 8, 60)
    internal = 20 + 0.8 * outside + rng.normal(0, 3, 60)
    internal[7] += 20

    p = divergence(internal, outside, np.full(60, 1.0))

    assert p.argmin() == 7
    assert p[7] < 1e-4
    assert 0.3 < np.delete(p, 7).mean() < 0.7


def test_divergence_needs_ten_agencies_and_different_ones():
    """With few agencies, or all alike outside, nothing is said; a withheld score has no p (C10)."""
    scores = np.linspace(60, 80, 12)
    with_gap = scores.copy()
    with_gap[3] = NAN

    assert np.isnan(divergence(scores[:9], scores[:9], np.ones(9))).all()
    assert np.isnan(divergence(scores, np.full(12, 70.0), np.ones(12))).all()
    assert np.flatnonzero(np.isnan(divergence(with_gap, scores, np.ones(12)))).tolist() == [3]
    assert divergence(scores, scores, np.zeros(12)) == pytest.approx(0.5)


def test_sampling_error_alone_can_explain_a_distance():
    """Where standard errors are wide, no spread is left, and p is moderate (C10)."""
    rng = np.random.default_rng(12)
    outside = rng.normal(70, 8, 30)

    assert divergence(outside + rng.normal(0, 1, 30), outside, np.full(30, 5.0)).min() > 0.2


def test_an_agency_is_judged_by_its_units_and_from_outside():
    """Units and the view from outside are put together; what is not known is left out (C11)."""
    whole = coach(np.random.default_rng(6), honest(5), 4, FORM)
    units = judged(whole)

    first, *_rest, unknown = agency_findings(units, {0: 0.5, 77: NAN})

    assert first.flagged
    assert first.flagged_units == 1
    assert first.p == pytest.approx(2 * first.p_units)
    assert np.isnan(unknown.p)
    assert not unknown.flagged
    assert unknown.units == 0


SHEET = np.array([
    [3, 3, 3, 3, 3, 3, 3, 3, 3, 3],
    [1, 2, 3, 2, 1, 2, 3, 2, 1, 2],
    [1, 5, 1, 5, 1, 5, 1, 5, 1, 5],
    [1, 4, 4, 2, 5, 3, 1, 1, 4, 2],
    [2, NAN, NAN, NAN, NAN, NAN, 2, 2, NAN, NAN],
    [NAN] * 10,
])  # fmt: skip


def test_each_kind_of_carelessness_has_its_mark():
    """Runs, periods and gaps are told apart, and an ordinary sheet is not marked (F1–F4)."""
    marks = flag(SHEET)

    assert marks.run.tolist() == [10, 1, 1, 2, 2, 0]
    assert marks.variability == pytest.approx(
        [0, 0.7378648, 2.1081851, 1.4944341, 0, NAN], nan_ok=True
    )
    assert marks.straight_lining.tolist() == [True, False, False, False, False, False]
    assert marks.patterned.tolist() == [False, True, True, False, False, False]
    assert marks.period[:3] == pytest.approx([0, 1, 1])
    assert marks.nonresponse.tolist() == [False, False, False, False, True, True]
    assert marks.speeding is None
    assert marks.inattentive is None


def test_speed_and_attention_are_judged_where_they_were_recorded():
    """0.3 seconds a word is the limit; an attention item left out is not failed (F5, F6)."""
    paradata = Paradata(
        seconds=np.array([100, 200, 300, 400, NAN, 299]), words=1000,
        attention=np.array([[2, 4], [2, 3], [NAN, 4], [1, 1], [NAN, NAN], [2, 4]]),
        expected=np.array([2.0, 4.0]),
    )  # fmt: skip
    marks = flag(SHEET, paradata, Thresholds())

    assert marks.speeding.tolist() == [True, True, False, False, False, True]
    assert marks.inattentive.tolist() == [False, True, False, True, False, False]


@given(answers=SHEETS, shift=st.integers(1, 50))
def test_marks_do_not_depend_on_the_codes(answers, shift):
    """Shifted codes leave runs, variability and periods; nobody is left out (F1–F4)."""
    before, after = flag(answers), flag(answers + shift)

    assert np.array_equal(before.run, after.run)
    assert after.period == pytest.approx(before.period)
    assert variability(answers + shift) == pytest.approx(before.variability, nan_ok=True)
    assert before.missing.shape == (12,)


def test_a_copied_sheet_is_a_twin_and_a_content_one_is_not():
    """A copied long sheet is found with its items counted; two best sheets are no twins (F7)."""
    whole = honest(13, Honest(missing=0.0), sizes=[20] * 20)
    answers = whole.answers.copy()
    middling = 20 + int(np.abs(levels(answers)[20:39] - 0.5).argmin())
    answers[39] = answers[middling]
    answers[39, 0] = answers[middling, 0] % 5 + 1
    answers[[41, 42]] = 5

    (pair,) = twins(answers, whole.unit)

    assert (pair.first, pair.second, pair.common, pair.alike) == (middling, 39, 30, 29)
    assert pair.expected < 0.05


def test_a_missing_answer_tells_nothing():
    """The expected share of a missing answer is one (F7)."""
    share = expected_share(np.array([[1.0, 4.0, NAN], [2.0, 3.0, 3.0], [2.0, 4.0, 1.0]]))

    assert share[0, 2] == 1.0
    assert 0 < share[0, 0] < 1
