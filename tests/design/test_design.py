"""Loading a wave, settling its design, and carrying its keys."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from django.urls import get_resolver

from espi.accounts.actions import add_staff
from espi.accounts.models import Role
from espi.design.actions import advance_phase, begin, load_design
from espi.design.directory import directory_of, take_directory, take_election_key
from espi.design.errors import (
    DesignFileFaulty,
    KeysNotThere,
    PhaseOutOfOrder,
    WaveAlreadyStarted,
)
from espi.design.models import KeyStratum, Wave
from espi.design.wave_settings import RESERVED
from tests.every_page import patterns

DESIGN = Path(__file__).resolve().parents[2] / "src" / "espi" / "rehearsal" / "nation" / "wave"
KEY = {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def wave():
    return load_design(directory=DESIGN, actor="test")


def test_loading_again_refreshes_and_doubles_nothing(wave):
    """The same folder twice is one wave."""
    strata = wave.strata.count()
    load_design(directory=DESIGN, actor="test")

    assert (Wave.objects.count(), wave.strata.count()) == (1, strata)


def test_a_started_wave_keeps_its_design(wave):
    """Once lists are taken, strata and questionnaires stay."""
    begin(wave=wave, actor="test")

    with pytest.raises(WaveAlreadyStarted):
        load_design(directory=DESIGN, actor="test")


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("wave.toml", "year = 2026", "", "missing: year"),
        ("wave.toml", "[title]", "[title", "wave.toml"),
        ("wave.toml", "opens_on = 2026-07-06", 'opens_on = "soon"', "must be a date"),
        (
            "wave.toml",
            "opens_on = 2026-07-06",
            "opens_on = 2026-07-06\nphase = 3",
            "unknown: phase",
        ),
        ("wave.toml", "year = 2026", 'year = "soon"', "year must be a whole number"),
        ("wave.toml", "internal = 0.4", "internal = true", "expected_response.internal must be"),
        ("wave.toml", "rehearsal = true", 'rehearsal = "no"', "rehearsal must be true or false"),
        ("wave.toml", '"latihan-2026"', '"latihan.2026"', "code 'latihan.2026' must have"),
        ("wave.toml", '"latihan-2026"', '"masuk"', "code 'masuk' is the address of a page"),
        ("agencies.csv", "\nkemen-musim,", "\nkemen.musim,", "row 3, code 'kemen.musim'"),
        ("wave.toml", '"rehearsal-2026"', '"spi-1999"', "no such index specification"),
        ("wave.toml", "internal-2026.1", "internal-1999.1", "not in the library"),
        ("agencies.csv", "code,name", "kode,name", "missing columns: code"),
        ("agencies.csv", ",ministry,", ",kingdom,", "unknown type"),
        ("strata.csv", ",internal,", ",inside,", "unknown agency or group"),
        ("strata.csv", "\nkemen-samudra.internal.teknis,", "\n=cmd,", "row 3, code '=cmd'"),
        ("strata.csv", ",kemen-musim.internal,", ",+1,", "key_stratum '+1'"),
        ("agencies.csv", "\nkemen-musim,", "\n@sum,", "row 3, code '@sum'"),
        ("agencies.csv", "Musim", "x" * 200_000, "it is not CSV: field larger"),
    ],
)
def test_a_faulty_folder_is_refused_by_place(tmp_path, name, old, new, reason):
    """The file and what is wrong in it; nothing is loaded."""
    shutil.copytree(DESIGN, tmp_path / "wave")
    path = tmp_path / "wave" / name
    path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")

    with pytest.raises(DesignFileFaulty) as refused:
        load_design(directory=tmp_path / "wave", actor="test")
    assert reason in str(refused.value)


def test_tables_that_a_spreadsheet_saved_are_read(wave, tmp_path):
    """Excel in Indonesia puts semicolons between cells; the wave is the same."""
    shutil.copytree(DESIGN, tmp_path / "wave")
    for name in ("agencies.csv", "strata.csv"):
        path = tmp_path / "wave" / name
        rows = list(csv.reader(path.read_text("utf-8").splitlines()))
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file, delimiter=";").writerows(rows)
    strata = sorted(wave.strata.values_list("code", "key_stratum__code"))
    again = load_design(directory=tmp_path / "wave", actor="test")

    assert sorted(again.strata.values_list("code", "key_stratum__code")) == strata


@pytest.mark.parametrize("name", ["wave.toml", "agencies.csv", "strata.csv"])
def test_a_missing_file_is_named(tmp_path, name):
    """Which of the three is not there."""
    shutil.copytree(DESIGN, tmp_path / "wave")
    (tmp_path / "wave" / name).unlink()

    with pytest.raises(DesignFileFaulty, match=name):
        load_design(directory=tmp_path / "wave", actor="test")


def test_phases_come_one_after_the_other(wave):
    """A phase is never skipped; asked for again, it stays."""
    with pytest.raises(PhaseOutOfOrder):
        advance_phase(wave=wave, to="opened", actor="test")
    advance_phase(wave=wave, to="frames", actor="test")

    assert advance_phase(wave=wave, to="frames", actor="test").phase == "frames"


def test_the_response_bank_waits_for_the_keys(wave, settings):
    """Without the directory no ballot could be checked; with it the wave goes to the field."""
    settings.TAKES_LISTS = False
    with pytest.raises(KeysNotThere):
        begin(wave=wave, actor="test")
    KeyStratum.objects.filter(wave=wave).update(public_key="AA==")
    wave.election_key = KEY
    wave.save()

    assert begin(wave=wave, actor="test").phase == "field"


def test_the_directory_crosses_whole(wave, tmp_path):
    """What one bank wrote is what the other reads."""
    KeyStratum.objects.filter(wave=wave).update(public_key="AA==", invited_count=12)
    wave.election_key = KEY
    wave.save()
    path = tmp_path / "directory.json"
    path.write_text(json.dumps(directory_of(wave)))
    KeyStratum.objects.filter(wave=wave).update(public_key="", invited_count=0)
    take_directory(path=path, actor="test")

    assert set(wave.key_strata.values_list("public_key", "invited_count")) == {("AA==", 12)}


@pytest.mark.parametrize("content", ["", "{}", '{"wave": "ghost", "keys": {}}'])
def test_a_broken_directory_is_refused(wave, tmp_path, content):
    """A file of another wave, or of nothing."""
    path = tmp_path / "directory.json"
    path.write_text(content)

    with pytest.raises(DesignFileFaulty):
        take_directory(path=path, actor="test")


def test_the_trustees_key_is_taken_before_the_field_only(wave, tmp_path):
    """Ballots may be sealed to the one that is there."""
    path = tmp_path / "key.json"
    path.write_text(json.dumps(KEY))
    assert take_election_key(wave=wave, path=path, actor="test").election_key == KEY
    wave.phase = "field"
    wave.save()

    with pytest.raises(WaveAlreadyStarted):
        take_election_key(wave=wave, path=path, actor="test")


@pytest.mark.parametrize(
    ("role", "sees", "acts"),
    [(Role.AUTHORITY, 200, 302), (Role.AUDITOR, 200, 403), (Role.LIAISON, 403, 403)],
)
def test_the_page_of_the_design(client, wave, role, sees, acts):
    """The authority settles it, an auditor reads it."""
    client.force_login(
        add_staff(
            username="budi", password="a long password", role=role, agency_code="kab-contoh-jaya"
        )
    )

    assert client.get("/rancangan").status_code == sees
    assert client.post(f"/rancangan/{wave.code}", {"confirmed": "yes"}).status_code == acts
    wave.refresh_from_db()
    assert wave.phase == ("frames" if role == Role.AUTHORITY else "design")


@pytest.mark.parametrize("process", ["registry", "public", "box"])
def test_no_wave_is_called_like_a_page(process):
    """Its pages would lie where the address of another page begins."""
    routes = [route for _name, route, _view in patterns(get_resolver(f"espi.site.urls.{process}"))]
    first_parts = {route.split("/")[0] for route in routes}

    assert {part for part in first_parts if part and "<" not in part} <= RESERVED
