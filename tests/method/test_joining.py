"""Strata are joined where it costs least, and what it costs is told no finer than may be (M30)."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.method.disclosure.joining import Part, join_by_weight
from espi.method.index.joining import LADDER, STEP, Layout, Shift, shifts
from espi.method.index.layout import StratumFacts
from espi.method.index.specification import GROUPS
from espi.method.index.wave import WaveFacts, wave_results
from tests.method.test_evaluation import AGENCIES, ITEMS, ROWS, SPECIFICATION, STRATA

MINIMUM = 10
parts = st.lists(st.tuples(st.integers(1, 30), st.integers(10, 400)), min_size=1, max_size=7).map(
    lambda rows: [Part(f"s{n}", people, (r,)) for n, (r, people) in enumerate(rows)]
)


def loss(block):
    """Return Σ r·(w - w̄)² as it is defined."""
    people, answers = sum(p.people for p in block), sum(p.answers for p in block)
    mean = Fraction(people, answers)
    return sum((p.answers * (p.weight - mean) ** 2 for p in block), Fraction(0))


def every_cut(row):
    """Yield every way to cut a row into blocks."""
    for bits in range(2 ** (len(row) - 1)):
        ends = [0, *(n + 1 for n in range(len(row) - 1) if bits >> n & 1), len(row)]
        yield [row[a:b] for a, b in pairwise(ends)]


@given(parts)
def test_no_cut_of_the_row_loses_less(given_parts):
    """Against all cuts, one by one; blocks are large enough, and all strata are there once."""
    made = join_by_weight(given_parts, MINIMUM)
    row = sorted(given_parts, key=lambda part: (part.weight, -part.answers, part.code))
    possible = [
        cut for cut in every_cut(row) if all(sum(p.answers for p in b) >= MINIMUM for b in cut)
    ]

    assert sorted(p.code for block in made for p in block) == sorted(p.code for p in row)
    if not possible:
        assert len(made) == 1
        return
    assert all(sum(p.answers for p in block) >= MINIMUM for block in made)
    best = min((sum(map(loss, cut), Fraction(0)), -len(cut)) for cut in possible)
    assert (sum(map(loss, made), Fraction(0)), -len(made)) == best


@given(parts)
def test_at_most_one_stratum_of_a_block_was_large_enough_alone(given_parts):
    """So every stratum that gives up its name had fewer than ten, and may be told so."""
    for block in join_by_weight(given_parts, MINIMUM):
        assert block[0].answers == max(part.answers for part in block)
        assert all(part.answers < MINIMUM for part in block[1:])


def test_equal_weights_lose_nothing_and_the_order_does_not_matter():
    """Ties are cut into most blocks, the same way whatever order they come in."""
    same = [Part(code, 10 * n, (n,)) for code, n in (("a", 12), ("b", 4), ("c", 11), ("d", 7))]
    made = [[part.code for part in block] for block in join_by_weight(same, MINIMUM)]

    assert made == [["a"], ["c"], ["d", "b"]]
    for turned in (same[::-1], same[2:] + same[:2]):
        assert [[p.code for p in block] for block in join_by_weight(turned, MINIMUM)] == made


def test_a_second_questionnaire_is_counted_apart():
    """Twelve answers, nine on one questionnaire and three on the other, are not enough."""
    made = join_by_weight([Part("a", 100, (9, 3)), Part("b", 300, (20, 20))], MINIMUM)

    assert [[part.code for part in block] for block in made] == [["b", "a"]]


def test_nothing_is_joined_of_nothing():
    """No stratum has an answer."""
    assert join_by_weight([], MINIMUM) == []


# Two strata of unequal weights are joined in each agency: the first two of the internal group.
def name(code):
    return code.replace(".internal.1", ".internal.0")


def joined_strata():
    people = {}
    for facts in STRATA:
        people[name(facts.code)] = people.get(name(facts.code), 0) + facts.population
    return [
        StratumFacts(facts.code, facts.agency, facts.group, people[facts.code])
        for facts in STRATA
        if facts.code in people
    ]


SEALED = ROWS.with_columns(true="stratum")
JOINED = SEALED.with_columns(pl.Series("stratum", [name(code) for code in ROWS["stratum"]]))
FOUND = shifts(
    SPECIFICATION, ITEMS, AGENCIES, Layout(SEALED, STRATA), Layout(JOINED, joined_strata())
)


def results(strata, rows):
    facts = WaveFacts(SPECIFICATION, ITEMS, AGENCIES, strata, "1", {})
    return {agency.code: agency for agency in wave_results(facts, rows).agencies}


def test_the_shift_is_the_difference_of_two_whole_estimations():
    """With the sealed strata and with the joined ones; the other groups do not move."""
    before, after = results(STRATA, SEALED), results(joined_strata(), JOINED)
    largest = 0.0
    for code in before:
        assert list(FOUND[code]) == ["internal"]
        shift = FOUND[code]["internal"]
        parts = [one[code].components["internal"].score for one in (before, after)]
        assert shift.points == pytest.approx(parts[1] - parts[0], abs=1e-9)
        moved = after[code].raw - before[code].raw
        assert moved == pytest.approx(SPECIFICATION.components["internal"] * shift.points, abs=1e-9)
        assert abs(shift.points) <= shift.bound
        largest = max(largest, abs(shift.points))
    assert largest > 0.1


def test_the_share_is_that_of_the_people_who_change_their_spokesmen():
    """|r·w̄ - N| / N of the stratum that moves most, by hand."""
    for agency in AGENCIES:
        own = [s for s in STRATA if (s.agency, s.group) == (agency.code, "internal")]
        answers = {s.code: ROWS.filter(pl.col("stratum") == s.code).height for s in own}
        pair = own[:2]
        weight = sum(s.population for s in pair) / sum(answers[s.code] for s in pair)
        moved = max(abs(answers[s.code] * weight - s.population) for s in pair)
        whole = sum(s.population for s in own)

        assert FOUND[agency.code]["internal"].share == pytest.approx(moved / whole, abs=1e-12)


@pytest.mark.parametrize(
    ("points", "share", "bound"),
    [
        (0.0, 0.0, 0.0),
        (0.001, 0.0001, 0.1),
        (-0.03, 0.014, 0.5),
        (0.6, 0.014, 1.0),
        (-1.2, 0.014, 2.0),
        (99.9, 1.0, 100.0),
    ],
)
def test_the_bound_is_coarse(points, share, bound):
    """A rung of the ladder, at least the shift, at least a step of 25 points of any stratum."""
    told = Shift(points, share).bound

    assert told == bound
    assert told == 0 or told in LADDER
    assert told >= abs(points)
    assert told >= STEP * share


@pytest.mark.parametrize("share", [0.001, 0.004, 0.014, 0.05, 0.11, 0.3])
def test_a_mean_of_few_people_does_not_follow_from_the_bound(share):
    """Whoever knows all weights and the joined answers is left with a span of 25 points or more."""
    spans = {}
    for mean in np.arange(0, 100, 0.5):  # of the joined stratum, off that of the others
        spans.setdefault(Shift(share * mean, share).bound, []).append(mean)
    inside = [means for means in spans.values() if max(means) < 99]

    assert all(max(means) - min(means) >= STEP - 1 for means in inside)
    assert min(map(len, spans.values())) > 1


def test_a_crowded_stratum_stops_no_opening():
    """Somebody sealed a stratum of few people in which more say they are: weights below one."""
    crowded = [
        StratumFacts(s.code, s.agency, s.group, 3 if s.code == "kab-0.internal.1" else s.population)
        for s in STRATA
    ]
    found = shifts(
        SPECIFICATION, ITEMS, AGENCIES, Layout(SEALED, crowded), Layout(JOINED, joined_strata())
    )

    assert set(found["kab-0"]) == {"internal"}
    assert set(GROUPS) > set(found["kab-0"])
