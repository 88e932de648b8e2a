"""What strangers seal stops no opening, and slips are kept apart from the sample."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from espi.anonymity.v1.statements import PlantedStatement
from espi.design.models import Agency, ServiceArea
from espi.response.ballotbox import actions
from espi.response.log.actions import add_statement
from espi.response.opening import ceremony as room
from espi.response.opening.planted import Planted
from tests.response import box
from tests.response.box import ballot, make_wave, sheet

STRATUM = "kab-x.internal"


@pytest.fixture
def wave(db):
    return make_wave()


def drop(*sheets):
    for one in sheets:
        actions.accept_ballot(ballot=ballot(one))


def sample(count):
    rng = Random(1)
    return [sheet(STRATUM, 1, rng) for _ in range(count)]


@pytest.mark.parametrize(
    "strange",
    [
        {"unit": "\ud800"},
        {"language": "\udfff"},
        {"mode": ["web"]},
        {"unit": "\0"},
        {"service": "\ud800"},
        {"service": float("nan")},
        {"service": {"a": [1e999]}},
    ],
)
def test_a_strange_sheet_stops_no_opening(wave, tmp_path, strange):
    """Anybody with a code may seal one; where auditors planted answers, all are looked at."""
    planted = Planted.of([sheet(STRATUM, 1, Random(9))])
    statement = PlantedStatement("uji", planted.commitment, 1)
    add_statement(wave=wave, statement=statement, actor="test")
    drop(*sample(11), sheet(STRATUM, 1, Random(2), **strange), *planted.sheets)
    box.sealed_and_exported(wave, tmp_path)
    present = box.present(planted=[planted])
    result = room.open_box(folder=tmp_path, present=present, target=tmp_path / "out")

    assert (result.statement.planted, result.statement.planted_found) == (1, 1)
    assert (result.statement.opened, result.statement.spoiled) == (12, 0)


def test_slips_are_never_counted_with_the_sample(wave, tmp_path):
    """However few they are: a counter hands them out, no draw does (P5)."""
    wave.strata.filter(code=f"{STRATUM}.2").update(channel="open")
    drop(*sample(12), *(sheet(STRATUM, 2, Random(n)) for n in range(5)))
    box.sealed_and_exported(wave, tmp_path)
    result = room.open_box(folder=tmp_path, present=box.present(), target=tmp_path / "out")

    assert result.report["channels"] == {"open": "<10", "sample": "10+"}
    assert result.report["merged"] == {}
    records = pl.read_parquet(tmp_path / "out" / "records.parquet")
    assert set(records["channel"]) == {"sample"}
    assert (result.statement.opened, records.height) == (17, 12)


def test_the_register_crosses_with_the_box(wave, tmp_path, settings):
    """Sealed codes and units of lists come out as areas; a small one as its category."""
    agency = Agency.objects.get(code="kab-x")
    for code, category in (("dinkes", "health"), ("pkm", "health"), ("setda", "personnel")):
        ServiceArea.objects.create(
            wave=wave, agency=agency, group="internal", code=code, category=category,
            name={"id": code.upper(), "en": code}, spellings=[f"Kantor {code}"],
        )  # fmt: skip
    rng = Random(1)
    sealed = [
        *({"service": "setda"},) * 6, *({"unit": "KANTOR  setda"},) * 5,
        *({"service": "dinkes"},) * 4, *({"service": "category:health"},) * 7,
    ]  # fmt: skip
    drop(*(sheet(STRATUM, 1, rng, **part) for part in sealed))
    opening = box.opened(wave, tmp_path, box.shares()[:2])
    frame = pl.read_parquet(settings.STORAGE / "opened" / opening.extract_name)

    assert dict(frame["area"].value_counts().iter_rows()) == {"setda": 11, "category:health": 11}
    assert opening.report["joined_areas"] == [
        {"agency": "kab-x", "group": "internal", "channel": "sample", "area": "dinkes",
         "into": "category:health"}
    ]  # fmt: skip
