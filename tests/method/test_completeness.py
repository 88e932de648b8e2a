"""Complete, partial, break-off; and answers that are all the same."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.method.response_quality.completeness import (
    COMPLETE,
    PARTIAL,
    answered_share,
    straight_lining,
    usable,
)

ITEMS = {"internal": [f"i{n}" for n in range(10)], "expert": ["e0", "e1"]}


def frame(*rows):
    """Return an extract of (group, answers in order); None is no answer."""
    columns = {f"a.{code}": pl.Float64 for codes in ITEMS.values() for code in codes}
    schema = {"group": pl.String} | columns
    records = [
        {"group": group}
        | {f"a.{code}": value for code, value in zip(ITEMS[group], values, strict=True)}
        for group, values in rows
    ]
    return pl.DataFrame([{name: row.get(name) for name in schema} for row in records], schema)


def answered(count, of=10):
    return [3.0] * count + [None] * (of - count)


@pytest.mark.parametrize(
    ("count", "kind"),
    [
        (10, "complete"),
        (8, "complete"),
        (7, "partial"),
        (5, "partial"),
        (4, "break_off"),
        (0, "break_off"),
    ],
)
def test_the_thresholds(count, kind):
    """80 % and more is complete, half and more partial, less is broken off and left out."""
    kept, told = usable(frame(("internal", answered(count))), ITEMS)

    assert getattr(told, kind) == told.complete + told.partial + told.break_off == 1
    assert kept.height == (kind != "break_off")


def test_each_group_is_judged_by_its_own_items():
    """An expert who answered both questions is complete, though all others are empty."""
    kept, told = usable(frame(("expert", [4.0, 2.0]), ("internal", answered(3))), ITEMS)

    assert (told.complete, told.break_off) == (1, 1)
    assert kept["group"].to_list() == ["expert"]


def test_a_group_without_a_questionnaire_is_not_used():
    """Nothing is known of what it should have answered."""
    kept, told = usable(frame(("expert", [4.0, 2.0])), {"internal": ITEMS["internal"]})

    assert (kept.height, told.break_off) == (0, 1)


def test_an_empty_extract_is_empty():
    """No records, no complaint."""
    kept, told = usable(frame(), ITEMS)

    assert kept.height == told.complete + told.partial + told.break_off == 0
    assert straight_lining(kept, ITEMS) == 0


@given(st.lists(st.integers(0, 10), min_size=1, max_size=30))
def test_every_record_is_of_one_kind(counts):
    """The three kinds add up, and what is kept is what was not broken off, in its order."""
    extract = frame(*(("internal", answered(count)) for count in counts))
    kept, told = usable(extract, ITEMS)
    share = answered_share(extract, ITEMS["internal"])

    assert told.complete + told.partial + told.break_off == len(counts)
    assert told.complete == (share >= COMPLETE).sum()
    assert kept.height == told.complete + told.partial
    assert kept.equals(extract.filter(pl.Series(share >= PARTIAL)))


def test_straight_lining_is_counted_and_nothing_is_deleted():
    """The same number throughout is flagged; one answer, none, or one that differs is not."""
    same, one, none = answered(10), answered(1), answered(0)
    differs = [*answered(9, 9), 4.0]
    gaps = [2.0, None] * 5
    extract = frame(*(("internal", row) for row in (same, one, none, differs, gaps)))

    assert straight_lining(extract, ITEMS) == 2
    assert extract.height == 5
