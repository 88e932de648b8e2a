"""Which groups get a signing key of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from espi.anonymity.v1.plan import Part, chance_of_fewer, plan

WIDE = "all.internal"


def part(code, invited, expected=0.35, cluster="cluster.a.internal"):
    return Part(code, invited, expected, (code, cluster, WIDE))


@pytest.mark.parametrize(
    ("expected", "needed"), [(0.10, 183), (0.15, 121), (0.25, 70), (0.35, 49), (0.50, 33)]
)
def test_needed_invitations_are_those_of_the_design(expected, needed):
    """With k = 10 and a risk of 1 %, the published table."""
    assert chance_of_fewer([part("x", needed, expected)]) < 0.01
    assert chance_of_fewer([part("x", needed - 1, expected)]) >= 0.01


@given(st.integers(0, 400), st.floats(0.01, 0.99))
def test_the_chance_is_the_binomial_one(invited, expected):
    """As scipy computes it."""
    assert chance_of_fewer([part("x", invited, expected)]) == pytest.approx(
        binom.cdf(9, invited, expected), abs=1e-12
    )


@given(st.integers(0, 60), st.integers(0, 60), st.floats(0.05, 0.95))
def test_two_parts_alike_are_one(a, b, expected):
    """Splitting a group changes no chance."""
    split = chance_of_fewer([part("x", a, expected), part("y", b, expected)])

    assert split == pytest.approx(chance_of_fewer([part("z", a + b, expected)]), abs=1e-12)


def test_large_groups_keep_their_own_and_small_ones_join_upward():
    """Two small ones of a cluster together; a third, alone in its cluster, goes to the top."""
    found = plan([
        part("a", 300), part("b", 40), part("c", 40), part("d", 200, cluster="cluster.b.internal"),
        part("e", 60, cluster="cluster.b.internal"), part("f", 12, cluster="cluster.c.internal"),
    ])  # fmt: skip
    by_code = {one.code: one.parts for one in found}

    assert by_code["a"] == ("a",)
    assert by_code["cluster.a.internal"] == ("b", "c")
    assert by_code["d"] == ("d",)
    assert "f" in by_code[WIDE]
    assert all(one.large_enough for one in found)


def test_what_is_small_at_the_top_takes_in_the_smallest_of_its_kin():
    """Rather than standing alone."""
    found = plan([part("a", 300), part("b", 80), part("f", 12, cluster="cluster.c.internal")])

    assert {one.code: one.parts for one in found} == {"a": ("a",), WIDE: ("b", "f")}


def test_a_survey_too_small_says_so():
    """One key, and a risk that is told."""
    [only] = plan([part("a", 8), part("b", 7)])

    assert (only.code, only.invited, only.large_enough) == (WIDE, 15, False)


@given(st.lists(st.tuples(st.integers(1, 200), st.sampled_from("abc")), min_size=1, max_size=12))
def test_everybody_has_one_key_and_no_more_keys_are_small_than_must_be(sizes):
    """Each part once; if one is small, it has no kin left."""
    parts = [
        part(f"p{n}", size, cluster=f"cluster.{letter}.internal")
        for n, (size, letter) in enumerate(sizes)
    ]
    found = plan(parts)

    assert sorted(code for one in found for code in one.parts) == sorted(p.code for p in parts)
    assert all(one.large_enough for one in found) or len(found) == 1
    assert sum(one.invited for one in found) == sum(p.invited for p in parts)
