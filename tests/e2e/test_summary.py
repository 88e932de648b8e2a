"""What the demo says of itself adds up, and the index is what its specification says."""

from __future__ import annotations

import pytest

WEIGHTS = {"internal": 0.3046, "external": 0.3279, "expert": 0.3675}  # docs/method, M-index


def test_every_row_of_a_list_has_one_fate(demo):
    """Accepted, returned and not eligible rows are all rows; duplicates are among the returned."""
    frame = demo.summary["counts"]["frame"]

    assert frame["rows"] == frame["accepted"] + frame["rejected"] + frame["ineligible"]
    assert 0 < frame["duplicates"] <= frame["rejected"]
    assert 15_000 <= frame["rows"] <= 18_500


def test_nobody_answers_uninvited(demo):
    """Opened ≤ ballots ≤ signatures ≤ invited, and the wave is of the promised size."""
    counts = demo.summary["counts"]

    assert counts["opened"] <= counts["ballots"] <= counts["signatures"] <= counts["invited"]
    assert 3_500 <= counts["invited"] <= 4_300
    assert 1_350 <= counts["opened"] <= 2_050


def test_every_message_has_a_state_and_none_is_stuck(demo):
    """Nothing is left leased, sending or uncertain after the wave."""
    states = demo.summary["counts"]["messages"]

    assert set(states) == {"whatsapp", "email"}
    for channel in states.values():
        assert not {"leased", "sending", "uncertain", "ready"} & {
            s for s, n in channel.items() if n
        }


def test_the_index_is_its_components_and_corrections(demo):
    """For each agency shown, the composition of the specification gives the index."""
    shown = [row for row in demo.summary["agencies"] if not row["withheld"]]

    assert len(shown) >= 9
    for row in shown:
        raw = sum(weight * row["components"][group]["score"] for group, weight in WEIGHTS.items())
        assert row["index"] == pytest.approx(raw - sum(row["corrections"].values()), abs=1e-6)
        assert row["ci_low"] < row["index"] < row["ci_high"]
        assert row["se"] > 0


def test_an_agency_with_too_few_answers_is_withheld_with_a_reason(demo):
    """Withholding is a status with a reason, never a number."""
    withheld = [row for row in demo.summary["agencies"] if row["withheld"]]

    assert withheld
    assert all(row["index"] is None and row["se"] is None for row in withheld)


def test_the_wave_takes_its_time_budget_apart(demo):
    """Each step says how long it took; together they are the whole but for a fiftieth."""
    seconds = demo.summary["seconds"]

    steps = sum(value for name, value in seconds.items() if name != "whole")
    assert seconds["whole"] == pytest.approx(steps, rel=0.02, abs=5)
