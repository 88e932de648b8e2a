"""What the public sees: enough people behind each number, on pages without inline code."""

from __future__ import annotations

import json
import re
import subprocess

import pytest

from espi.canonical_json import digest_of
from espi.response.publication.actions import load_published
from espi.response.publication.disclosure import disclosed

from .conftest import agency_result

PAGES = ("/", "/instansi/kab-a", "/instansi/kab-b", "/tren", "/amplop", "/metode")
HEADER = (
    "year,institution_id,institution,level,region_code,index,"
    "internal,external,expert,correction_conduct,correction_facts\n"
)


def test_small_cells_stay_inside():
    shown = disclosed(agency_result("a", "A"), 10)
    internal = shown["components"]["internal"]
    assert list(internal["dimensions"]) == ["tugas"]
    assert list(internal["items"]) == ["tug1"]
    assert internal["items"]["tug1"]["share"]["share"] == 0.2
    assert shown["index"] == 74.46


def test_a_small_rest_does_not_follow_by_subtraction():
    """Of 40 people 35 would be shown: the smaller area goes, and the rest is 20."""
    assert list(disclosed(agency_result("a", "A"), 10)["components"]["internal"]["areas"]) == [
        "Unit Satu"
    ]


def test_a_withheld_agency_has_a_reason_and_no_number():
    shown = disclosed(agency_result("b", "B", "too few answers: expert"), 10)
    assert shown["index"] is None
    assert shown["components"] == {}
    assert shown["n"]["expert"] == "<10"


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_hold_no_inline_code(client, released, path, language):
    answer = client.get(path, {"lang": language})
    html = answer.content.decode()
    assert answer.status_code == 200
    assert f'<html lang="{language}">' in html
    assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]*src=)", html)
    assert ('class="rehearsal"' in html) == (path != "/tren")


def test_the_agency_page_shows_raw_and_corrected(client, released):
    html = client.get("/instansi/kab-a", {"lang": "en"}).content.decode()
    assert "77.98" in html
    assert "74.46" in html
    assert "31.23" not in html


def test_the_table_cannot_compute(client, released):
    text = client.get("/data/indeks.csv").content.decode("utf-8-sig")
    assert "'=Kabupaten Rekaan A" in text
    assert len(text.splitlines()) == 3


def test_the_release_can_be_checked(client, released):
    answer = client.get("/data/indeks.json").json()
    assert digest_of(answer["results"]) == answer["sha256"] == released.digest
    assert "31.23" not in json.dumps(answer)


@pytest.mark.parametrize(("language", "mark"), [("id", "Latihan"), ("en", "Rehearsal")])
@pytest.mark.parametrize("code", ["kab-a", "kab-b"])
def test_every_page_of_the_report_says_rehearsal(client, released, tmp_path, language, mark, code):
    answer = client.get(f"/instansi/{code}/laporan.pdf", {"lang": language})
    path = tmp_path / "report.pdf"
    path.write_bytes(b"".join(answer.streaming_content))
    text = subprocess.run(
        ["pdftotext", "-layout", str(path), "-"], capture_output=True, text=True, check=True
    ).stdout
    pages = text.split("\f")[:-1]
    assert pages
    assert all(mark in page for page in pages)
    assert released.digest[:20] in text.replace("\n", "").replace(" ", "")


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
