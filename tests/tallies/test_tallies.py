from __future__ import annotations

import json

import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from espi.tallies.actions import export_tallies, record_tally, take_tallies
from espi.tallies.errors import CellTooSmall, TallyFileFaulty
from espi.tallies.models import Tally

POPULATION = Tally.Kind.POPULATION


class TestMinimumCell(TestCase):
    @given(count=st.integers(1, 9))
    def test_a_tally_never_goes_below_the_minimum_cell(self, count):
        """Neither the action nor the database takes a count that points at persons."""
        with pytest.raises(CellTooSmall):
            record_tally(wave_code="w", stratum_code="s", kind=POPULATION, count=count)


@pytest.mark.django_db
def test_the_database_refuses_a_small_cell():
    """The rule holds even for a program that forgets it."""
    with pytest.raises(IntegrityError):
        Tally.objects.create(wave_code="w", stratum_code="s", kind=POPULATION, count=9)


@pytest.mark.django_db
def test_counts_cross_whole(tmp_path):
    """What the contact bank wrote is what the response bank reads; taking it twice is harmless."""
    record_tally(wave_code="w", stratum_code="a", kind=POPULATION, count=40)
    record_tally(wave_code="w", stratum_code="b", kind=POPULATION, count=0)
    export_tallies(wave_code="w", path=tmp_path / "tallies.json")
    Tally.objects.all().delete()

    for _time in range(2):
        take_tallies(path=tmp_path / "tallies.json", actor="command")

    assert dict(Tally.objects.values_list("stratum_code", "count")) == {"a": 40, "b": 0}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"wave": "w", "tallies": [["a", "names", 40]]}']
)
def test_a_broken_file_changes_nothing(tmp_path, content):
    """A file that cannot be understood is refused with its reason."""
    path = tmp_path / "tallies.json"
    path.write_text(content)

    with pytest.raises(TallyFileFaulty):
        take_tallies(path=path, actor="command")
    assert Tally.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_one_small_cell_keeps_the_whole_file_out(tmp_path):
    """All counts of a file are taken, or none."""
    path = tmp_path / "tallies.json"
    rows = [["a", "population", 40], ["b", "population", 3]]
    path.write_text(json.dumps({"wave": "w", "tallies": rows}))

    with pytest.raises(CellTooSmall):
        take_tallies(path=path, actor="command")
    assert Tally.objects.count() == 0
