"""National pages: filters that say when nothing fits, chart, map, kinds of service, open data."""

from __future__ import annotations

import csv
import json
from io import BytesIO, StringIO

import pytest
from django.utils.translation import override
from python_calamine import CalamineWorkbook

from espi.canonical_json import digest_of
from espi.method.index.categories import CategoryMember, category_means
from espi.method.index.released import read_released
from espi.response.publication.area_presentation import decimal
from espi.response.publication.area_table import HEADER
from espi.response.publication.national_presentation import (
    category_lists,
    dot_chart,
    filtered,
    tile_map,
)
from espi.response.publication.presentation import bands_of, rows_of
from espi.response.publication.queries import results_of
from espi.response.publication.shares import chance, percent


@pytest.fixture
def results(released):
    return results_of(released)


def test_a_filter_that_fits_nothing_says_so(client, released):
    """Instead of an empty table."""
    page = client.get("/w26/hasil", {"jenis": "city", "lang": "en"}).content.decode()

    assert "No agency fits." in page
    assert "<tbody>" not in page


@pytest.mark.parametrize(
    ("kind", "province", "codes"),
    [
        ("", "", ["kab-a", "kab-b"]), ("regency", "Lazuardi", ["kab-a", "kab-b"]),
        ("city", "", []), ("", "Kirana", []), ("' OR 1=1", "", []),
    ],
)  # fmt: skip
def test_agencies_are_narrowed_by_kind_and_province(results, kind, province, codes):
    """Both at once; what is not there fits nothing."""
    agencies, filters = filtered(results, kind, province)

    assert [agency.code for agency in agencies] == codes
    assert filters.active == bool(codes and kind)


def test_the_withheld_agency_has_no_value_to_be_sorted_by(client, released):
    """Sorting upwards once put it first, as if it were the worst."""
    page = client.get("/w26/hasil", {"lang": "en"}).content.decode()

    assert 'data-value="-1"' not in page
    assert 'data-value=""' in page


def test_the_chart_and_the_map_have_the_agencies(results):
    """The one without an index is on the map, hatched, and not in the chart."""
    chart, tiles = dot_chart(rows_of(results), bands_of(results)), tile_map(results).tiles

    assert [dot.code for dot in chart.dots] == ["kab-a"]
    assert [(tile.code, tile.tone) for tile in tiles] == [("kab-a", "middle"), ("kab-b", "silent")]
    assert "71.8 – 77.1" in tiles[0].description or "71,8 – 77,1" in tiles[0].description


def test_kinds_of_service_are_compared_over_agencies(results):
    """Users' apart from employees'; a silent area is in its kind, without a number."""
    external, internal = category_lists(results)

    assert [row.code for row in external.rows] == ["civil-registry", "licensing", "other"]
    assert [(row.areas, row.agencies) for row in external.rows] == [(2, 2), (2, 2), (0, 0)]
    [personnel] = internal.rows
    assert [item.value == "" for cell in personnel.cells for item in cell.items] == [
        False, True, False, True,
    ]  # fmt: skip


def test_a_category_is_the_plain_mean_of_its_areas_with_an_interval(results):
    """Two areas of 60 and 80 with errors 3 and 4 give 70 with 2.5."""

    class Score:
        def __init__(self, score, se):
            self.score, self.se = score, se

    members = [
        CategoryMember("external", "licensing", code, 20, Score(*numbers))
        for code, numbers in (("a", (60, 3)), ("b", (80, 4)))
    ]
    [mean] = category_means(members)

    assert (mean.score, mean.se, mean.n, mean.areas, mean.agencies) == (70, 2.5, 40, 2, 2)
    assert mean.ci_low == pytest.approx(64.9, abs=0.1)
    assert mean.ci_high == pytest.approx(74.7, abs=0.1)


def test_numbers_are_rounded_and_not_cut():
    """Django's own function cuts: 74.46 was 74.4."""
    with override("en"):
        assert decimal(74.46) == "74.5"
        assert percent(0.29) == "29 %"
        assert percent(0.586) == "59 %"
        assert chance(0.995) == "> 99 %"


def table(client):
    text = client.get("/w26/data/service-areas.csv").content.decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def test_the_open_data_have_every_number_of_every_area(client, released, results):
    """A row per target; a silent area has one row with its reason; decimals with a point."""
    rows = table(client)

    assert list(rows[0]) == list(HEADER)
    wanted = ("kab-a", "izin", "component")
    [izin] = [r for r in rows if (r["agency"], r["area"], r["target"]) == wanted]
    assert (izin["score"], izin["n"], izin["verdict"]) == ("58.0", "22", "must-improve")
    assert izin["direct"] == "56.0"
    assert {r["silent"] for r in rows if r["area"] == "dinas-b"} == {"subtraction"}
    assert [r["score"] for r in rows if r["area"] == "dinas-b"] == ["", ""]
    assert {r["release_sha256"] for r in rows} == {released.digest}


@pytest.mark.parametrize("name", ["indeks", "service-areas"])
def test_the_workbook_has_the_rows_of_the_csv(client, released, name):
    """For the Excel of an office, with numbers as numbers; both have a link on the page."""
    book = client.get(f"/w26/data/{name}.xlsx")
    sheet = CalamineWorkbook.from_filelike(BytesIO(book.content)).get_sheet_by_index(0)
    text = client.get(f"/w26/data/{name}.csv").content.decode("utf-8-sig")
    plain = list(csv.reader(StringIO(text)))
    rows = sheet.to_python()

    assert [[as_text(cell) for cell in row] for row in rows] == [
        [as_text(cell) for cell in row] for row in plain
    ]
    assert any(isinstance(cell, float) for row in rows for cell in row)
    for language, words in (("id", "untuk Excel</a>"), ("en", "for Excel</a>")):
        page = client.get("/w26/hasil", {"lang": language}).content.decode()
        assert f"/w26/data/{name}.xlsx" in page
        assert page.count(words) == 2


def as_text(cell):
    """Return a cell of either file: a number as a float writes it, anything else as it is."""
    try:
        return str(float(cell))
    except ValueError:
        return cell


def test_one_changed_number_changes_page_table_and_digest(client, released):
    """All are made from the one release, whose digest is that of its content."""
    before = client.get("/w26/instansi/kab-a", {"lang": "en"}).content.decode()
    assert "58.0" in before
    content = json.loads(json.dumps(released.results))
    area = content["agencies"][0]["service_areas"]["external"][1]
    assert area["code"] == "izin"
    area["component"]["model"]["score"] = 59.3
    read_released(content)
    released.results = content
    released.save()

    page = client.get("/w26/instansi/kab-a", {"lang": "en"}).content.decode()
    kinds = client.get("/w26/layanan", {"lang": "en"}).content.decode()
    answer = client.get("/w26/data/indeks.json").json()
    assert ("59.3" in page, "59.3" in kinds) == (True, True)
    assert "59.3" in [row["score"] for row in table(client)]
    assert digest_of(answer["results"]) != answer["sha256"]


def test_a_shared_link_has_a_sentence_and_a_picture(client, released):
    """For other sites; the picture is made on the server."""
    page = client.get("/w26/instansi/kab-a", {"lang": "en"}).content.decode()
    picture = client.get("/w26/gambar/hasil.svg")

    assert 'property="og:description" content="Index 74.46 (95 % interval 71.80 to 77.10)."' in page
    assert 'property="og:image" content="http://testserver/w26/gambar/hasil.svg"' in page
    assert picture["Content-Type"] == "image/svg+xml"
    assert "Kabupaten Rekaan A" in picture.content.decode()


def test_dropped_agencies_are_listed_with_their_reason(client, released):
    """By name, in the language of the page."""
    content = released.results
    content["dropped"] = [
        {"code": "kab-c", "name": "Kabupaten Rekaan C", "type": "regency", "withheld": False,
         "reason": {"id": "Daftar tidak datang.", "en": "No list came."}},
    ]  # fmt: skip
    released.save()
    page = client.get("/w26/hasil", {"lang": "en"}).content.decode()

    assert "Kabupaten Rekaan C" in page
    assert "No list came." in page
