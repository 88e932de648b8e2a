"""A unit that was told what to answer is shown; nothing is deleted (C1 to C9)."""

from __future__ import annotations

from random import Random

import pytest

from espi.response.estimation.actions import run_estimation
from espi.response.estimation.queries import results_of
from tests.response.box import DAY, make_wave, questionnaire
from tests.response.estimation.conftest import put_extract, records

UNITS = 12


@pytest.fixture
def rows():
    """Return the answers of an agency of twelve units of 25 employees each."""
    rng = Random(11)
    made = list(records("kab-x", {"internal.1": 25 * UNITS, "external.1": 30, "expert.1": 12}, rng))
    for number, row in enumerate(made):
        if row["group"] == "internal":
            row["unit"] = f"Unit {number % UNITS}"
    return made


def coach(rows, unit):
    """Let most of a unit give one prepared sheet, no better and no worse than the others'."""
    rng = Random(2)
    items = [item for item in questionnaire("internal").items if item.dimension]
    sheet = {item.code: rng.choice(item.scored_values) for item in items}
    for row in rows:
        if row["unit"] == unit and rng.random() < 0.9:
            row |= {f"a.{code}": float(value) for code, value in sheet.items()}
    return rows


def results(settings, rows):
    wave = make_wave(agencies=("kab-x",), phase="opened")
    put_extract(wave, settings.STORAGE, rows)
    return results_of(run_estimation(wave=wave, seed="1", run_by="ani", today=DAY))


def test_a_coached_unit_is_told_with_the_index_beside(db, settings, rows):
    """The unit, its people around one pattern, and the index without them; all still count."""
    found = results(settings, coach(rows, "Unit 3"))
    [agency] = found.agencies

    assert [unit.unit for unit in found.quality.coached] == ["Unit 3"]
    assert found.quality.coached[0].largest_group > 15
    assert agency.n["internal"] > 25 * UNITS - 10  # a few broke off, none of them for this
    assert agency.without_flagged.index != agency.index


def test_honest_units_are_left_in_peace(db, settings, rows):
    """Nobody is flagged, and there is no second index."""
    found = results(settings, rows)

    assert found.quality.coached == ()
    assert found.agencies[0].without_flagged is None
