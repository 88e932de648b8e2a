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
    assert agency.without_flagged.ci_low < agency.without_flagged.index
    assert [area.area for area in agency.without_flagged.areas] == ["Unit 3"]


def test_answers_that_enter_no_score_are_counted_among_all(db, settings, rows):
    """Whose answer was kept back, and who gave none, are parts of the whole beside the others."""
    for number, row in enumerate(rows):
        row["c.told"] = ("yes", "no", "skip", "", None)[number % 5]
    [agency] = results(settings, rows).agencies
    asked = {group: {table.code for table in tables if table.topic == "profile"}
             for group, tables in agency.answer_tables.items()}  # fmt: skip

    assert asked == {"internal": {"sex", "age", "service"}, "external": {"sex", "age", "role"},
                     "expert": set()}  # fmt: skip
    for group, tables in agency.answer_tables.items():
        told = next(table for table in tables if table.code == "told")
        parts = {part.value: part for part in told.parts}

        assert list(parts) == ["no", "yes", "no-answer", "kept-back"]
        assert sum(part.count for part in told.parts) == told.n == agency.n[group]
        assert sum(part.share.share for part in told.parts) == pytest.approx(1.0)
        assert parts["no-answer"].count > parts["kept-back"].count > 0
        assert all(part.share.ci_low < part.share.share < part.share.ci_high
                   for part in told.parts)  # fmt: skip


def test_honest_units_are_left_in_peace(db, settings, rows):
    """Nobody is flagged, and there is no second index."""
    found = results(settings, rows)

    assert found.quality.coached == ()
    assert found.agencies[0].without_flagged is None


def test_areas_that_were_joined_to_their_category_are_no_unit(db, settings, rows):
    """Small units in different places, put together because each of them has too few answers."""
    for row in coach(rows, "Unit 3"):
        if row["unit"] == "Unit 3":
            row["unit"] = "category:personnel"

    assert results(settings, rows).quality.coached == ()
