"""The page of an agency says which areas are good, which must improve, and how sure that is."""

from __future__ import annotations

import re
from copy import deepcopy

import pytest
from django.utils.translation import override
from msgspec import convert, to_builtins

from espi.method.index.specification import Band
from espi.response.publication.area_presentation import area_lists, tone_of
from espi.response.publication.presentation import question_lists
from espi.response.publication.queries import results_of

BANDS = [Band("low", {}, 0, 73), Band("mid", {}, 73, 78), Band("high", {}, 78, 100)]


@pytest.fixture
def lists(released):
    results = results_of(released)
    with override("en"):
        return area_lists(results, results.agencies[0])


def test_users_and_employees_are_never_in_one_list(lists):
    """Users answer some ten points higher; one list would end with units of employees."""
    assert [(each.group, [line.code for line in each.lines]) for each in lists] == [
        ("external", ["izin", "ktp", "category:other"]),
        ("internal", ["dinas-a", "dinas-b"]),
    ]


def test_the_lead_names_the_good_and_those_that_must_improve(lists):
    """With the probability; what is silent is among those of which nothing can be said."""
    summary = {
        each.verdict: [(line.code, line.sure) for line in each.lines] for each in lists[0].summaries
    }

    assert summary == {
        "good": [("ktp", "99 %")], "must-improve": [("izin", "99 %")],
        "cannot-be-said": [("category:other", "")],
    }  # fmt: skip


def test_among_equally_certain_areas_the_most_different_stands_first(released):
    """A report names three of eight good ones, "> 99 %" each: not those with the first letters."""
    results = results_of(released)
    document = to_builtins(results.agencies[0])
    [good] = [area for area in document["service_areas"]["external"] if area["code"] == "ktp"]
    areas = []
    for code, times, above in (("a", 1, 1.0), ("b", 3, 0.999)):
        area = deepcopy(good) | {"code": code}
        for bar in filter(
            None, (area["judgement"][n] for n in ("own_mean", "category_mean", "band"))
        ):
            bar.update(gap=bar["gap"] * times, above=above)
        areas.append(area)
    document["service_areas"] = {"external": areas}
    [shown] = area_lists(results, convert(document, type(results.agencies[0])))

    assert [line.code for line in shown.lines] == ["b", "a"]


def test_a_silent_area_says_why_and_shows_no_number(lists):
    """Two reasons: few answers, and what would follow from others."""
    few, subtracted = lists[0].lines[2], lists[1].lines[1]

    assert "Fewer than 10 answers" in few.silent
    assert few.n == "<10"
    assert "would follow" in subtracted.silent
    assert {cell.value for cell in (*few.dimensions, *subtracted.dimensions)} == {""}


@pytest.mark.parametrize(
    ("interval", "tone"),
    [
        ((60, 55, 65), "low"), ((70, 65, 75), "lower"), ((75, 70, 80), "middle"),
        ((79, 75, 83), "higher"), ((85, 80, 90), "high"), ((73, 70, 76), "middle"),
    ],
)  # fmt: skip
def test_a_strong_colour_needs_the_whole_interval_beyond_an_edge(interval, tone):
    """Else it is a pale one."""
    assert tone_of(*interval, BANDS) == tone


def test_without_bands_no_colour_says_anything():
    """Some years had none."""
    assert tone_of(20, 10, 30, []) == "middle"


@pytest.mark.parametrize(("language", "number"), [("id", "58,0"), ("en", "58.0")])
def test_every_cell_has_number_interval_and_count_as_text(client, released, language, number):
    """In the decimals of the language."""
    page = client.get("/w26/instansi/kab-a", {"lang": language}).content.decode()
    [cell] = re.findall(rf"<td[^>]*>\s*<strong class=\"number\">{number}<.*?</td>", page, re.DOTALL)

    assert "tone-low" in cell
    assert "n = 22" in cell
    assert {"id": "55,8 – 60,2", "en": "55.8 – 60.2"}[language] in cell


def test_few_questions_are_one_list_and_none_is_lost(released):
    """The middle one of three once vanished between strongest and weakest."""
    [_expert, *_others] = lists_of = question_lists(results_of(released).agencies[0])

    assert len(lists_of) == 3
    assert all(len(each.lowest) == 1 and each.highest == [] for each in lists_of)


def test_a_withheld_agency_shows_its_areas(client, released):
    """Two experts hide the index alone."""
    page = client.get("/w26/instansi/kab-b", {"lang": "en"}).content.decode()

    assert "No index is shown" in page
    assert "Must improve" in page
    assert "31.23" not in page
