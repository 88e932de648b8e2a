"""What the public sees: enough people behind each number, on pages without inline code."""

from __future__ import annotations

import json
import re

import pytest

from espi.canonical_json import digest_of
from espi.response.publication.actions import load_published
from espi.response.publication.disclosure import disclose_agency

from .conftest import agency_result, result

PAGES = (
    "/w26/hasil", "/w26/instansi/kab-a", "/w26/instansi/kab-b", "/tren", "/amplop", "/w26/metode",
    "/w26/auditor",
)  # fmt: skip
HEADER = (
    "year,institution_id,institution,level,region_code,index,"
    "internal,external,expert,correction_conduct,correction_facts\n"
)


def disclosed(*names):
    """Return what is released of an agency."""
    return disclose_agency(result(agency_result(*names)), 10)


def test_small_cells_stay_inside():
    content = agency_result("a", "A")
    content["components"]["internal"]["dimensions"]["sdm"]["n"] = 7
    shown = disclose_agency(result(content), 10)
    internal = shown.components["internal"]
    assert list(internal.dimensions) == ["tugas"]
    assert list(internal.items) == ["tug1"]
    assert internal.items["tug1"].share.share == 0.2
    assert shown.index == 74.46


def test_a_small_rest_does_not_follow_by_subtraction():
    """Of 40 people 35 would be shown: the smaller area goes, and the rest is 20."""
    shown = disclosed("a", "A").service_areas["internal"]
    assert [(area.code, area.silent) for area in shown] == [
        ("dinas-a", None), ("dinas-b", "subtraction"),
    ]  # fmt: skip


def test_a_withheld_agency_has_a_reason_and_its_good_answers():
    """Two experts hide the index; 40 employees and 41 users are shown."""
    shown = disclosed("b", "B", "too few answers: expert")
    assert shown.index is None
    assert {group: part.n for group, part in shown.components.items()} == {
        "internal": 40, "external": 41,
    }  # fmt: skip
    assert shown.n["expert"] == "<10"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_hold_no_inline_code(client, released, path, language):
    answer = client.get(path, {"lang": language})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in html
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*src=)", html)
    assert ('class="rehearsal"' in html) == (path != "/tren")


@pytest.mark.parametrize("path", [*PAGES, "/w26/layanan"])
@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_leave_no_code_of_a_program(client, released, path, language):
    """Specification, reasons, groups and verdicts stand in words."""
    html = client.get(path, {"lang": language}).content.decode()
    text = re.sub(r"<code>.*?</code>|<[^>]*>", " ", html.split("<main", 1)[1], flags=re.DOTALL)
    codes = (
        "rehearsal-2026 1", "too few answers:", "must-improve", "not-different", "cannot-be-said",
        "civil-registry", "area-level",
    )  # fmt: skip

    assert [code for code in codes if code in text] == []
    if path == "/w26/hasil":
        words = {"id": "spesifikasi rehearsal-2026, versi 1",
                 "en": "specification rehearsal-2026, version 1"}  # fmt: skip
        assert words[language] in text


def test_the_agency_page_shows_raw_and_corrected(client, released):
    html = client.get("/w26/instansi/kab-a", {"lang": "en"}).content.decode()
    assert "77.98" in html
    assert "74.46" in html
    assert "31.23" not in html


def test_the_table_cannot_compute(client, released):
    text = client.get("/w26/data/indeks.csv").content.decode("utf-8-sig")
    assert "'=Kabupaten Rekaan A" in text
    assert len(text.splitlines()) == 3


def test_the_release_can_be_checked(client, released):
    answer = client.get("/w26/data/indeks.json").json()
    assert digest_of(answer["results"]) == answer["sha256"] == released.digest
    assert "31.23" not in json.dumps(answer)


def test_published_figures_are_loaded_once(client, db, tmp_path):
    file = tmp_path / "p.csv"
    file.write_text(
        HEADER + "2021,1,KAB UMPAMA,kab,,71.12,78.3,82.21,60.55,0.81,1.13\n"
        "2021,0,NASIONAL,,,72,76,80,73,1,2\n",
        encoding="utf-8",
    )
    assert load_published(paths=[file], actor="command") == 1
    assert load_published(paths=[file], actor="command") == 1
    html = client.get("/tren", {"q": "umpama", "lang": "en"}).content.decode()
    assert html.count("KAB UMPAMA") == 2
    assert "not known" in html


def test_the_design_page_explains_the_phases_of_both_banks(client, released, first):
    """“Released” here and “Closed” in the registry are the same wave, each seen by its own bank."""
    client.force_login(first)
    page = client.get("/rancangan", {"lang": "en"}).content.decode()

    assert "Released" in page
    assert "stays “Closed” in the registry" in " ".join(page.split())
