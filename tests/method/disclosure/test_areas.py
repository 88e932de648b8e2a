"""Which service areas may be shown beside their whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.method.disclosure.areas import shown_areas


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ([20, 20], [True, True]),
        ([20, 15, 5], [True, False, False]),  # five would follow: fifteen go as well
        ([20, 15, 5, 6], [True, True, False, False]),
        ([12, 3], [False, False]),
        ([9], [False]),
        ([], []),
    ],
)
def test_a_small_rest_takes_the_smallest_shown_part_with_it(counts, shown):
    """The rest is nobody, or ten or more."""
    assert list(shown_areas(counts, [False] * len(counts), 10)) == shown


def test_a_part_without_a_name_is_never_shown():
    """However many they are; and few of them hide the smallest service."""
    assert shown_areas([30, 20], [True, False], 10) == (False, True)
    assert shown_areas([4, 20, 25], [True, False, False], 10) == (False, False, True)


@given(st.lists(st.integers(0, 60), max_size=14), st.integers(2, 30), st.data())
def test_what_is_hidden_is_nobody_or_a_whole_cell(counts, minimum, data):
    """For any sizes; and nothing shown is too small."""
    barred = data.draw(st.lists(st.booleans(), min_size=len(counts), max_size=len(counts)))
    shown = shown_areas(counts, barred, minimum)

    hidden = sum(n for n, each in zip(counts, shown, strict=True) if not each)
    assert hidden == 0 or hidden >= minimum or not any(shown)
    assert all(n >= minimum for n, each in zip(counts, shown, strict=True) if each)
