"""Answers that enter no score: no small part is shown, and none follows from the others (M39)."""

from __future__ import annotations

from copy import deepcopy

import pytest

from espi.response.estimation.document import read_results
from espi.response.publication.actions import propose_release
from espi.response.publication.disclosure import disclose_agency

from .conftest import agency_result, estimate, result
from .test_leaks import cells

FLAGGED = {"index": 70.123, "se": 1.4, "ci_low": 67.4, "ci_high": 72.9}


def part(value, count, n=41):
    share = estimate(0.0, n) | {"share": count / n, "ci_low": 0.0, "ci_high": 1.0}
    del share["score"]
    return {"value": value, "label": {"id": value, "en": value}, "count": count, "share": share}


def table(code="told", **counts):
    n = sum(counts.values())
    parts = [part(value.replace("_", "-"), count, n) for value, count in counts.items()]
    return {"code": code, "topic": "survey", "label": {"id": code, "en": code}, "n": n,
            "parts": parts}  # fmt: skip


def agency(*tables, areas=(), **more):
    without = FLAGGED | more | {"areas": [
        {"group": group, "area": code, "n": n} for group, code, n in areas
    ]}  # fmt: skip
    return agency_result("kab-a", "Kabupaten Rekaan A") | {
        "answer_tables": {"external": list(tables)}, "without_flagged": without if areas else None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("counts", "shown"),
    [
        ({"no": 20, "yes": 11, "no_answer": 10}, {"no": "20", "yes": "11", "no-answer": "10"}),
        ({"no": 26, "yes": 15, "no_answer": 0}, {"no": "26", "yes": "15", "no-answer": "0"}),
        ({"no": 26, "yes": 12, "no_answer": 3}, {"no": "26"}),
        ({"no": 36, "yes": 5}, {}),
        ({"no": 30, "yes": 10, "no_answer": 1}, {"no": "30"}),
        ({"no": 30, "yes": 5, "no_answer": 6}, {"no": "30"}),
    ],
)
def test_a_small_part_hides_others_until_ten_people_are_hidden(counts, shown):
    """Three who gave no answer would follow from those who said no and yes."""
    [released] = disclose_agency(result(agency(table(**counts))), 10).answer_tables["external"]
    found = {each.value: each.n for each in released.parts if each.share}

    assert found == shown
    assert {each.n for each in released.parts if not each.share} <= {""}


def test_a_group_that_may_not_be_shown_has_no_table():
    """Its component is withheld, and so is everything else of it."""
    content = agency(table(no=20, yes=21))
    content["components"]["external"]["n"] = 9

    assert disclose_agency(result(content), 10).answer_tables == {}


def test_an_honest_release_gives_no_answer_away_and_a_faulty_one_is_found(wave, run, first):
    """The audit solves for five who were told what to answer, where the others are shown."""
    run.results["agencies"][0] |= {"answer_tables": {"external": [table(no=36, yes=5)]}}
    run.save()
    honest = propose_release(wave=wave, actor=first).results
    results, faulty = read_results(run.results), deepcopy(honest)
    parts = faulty["agencies"][0]["answer_tables"]["external"][0]["parts"]
    parts[0]["share"] = {key: 0.9 if key == "share" else value
                         for key, value in part("no", 36)["share"].items()}  # fmt: skip

    assert cells(results, honest) == []
    assert ("kab-a external told? yes",) in cells(results, faulty)


def test_flagged_units_are_named_and_the_index_without_them_has_its_interval():
    """The unit of users speaks for itself, and 19 users are left."""
    shown = disclose_agency(result(agency(areas=[("external", "izin", 22)])), 10)

    assert [(flag.name["en"], flag.n) for flag in shown.flagged] == [("Service izin", "22")]
    assert (shown.without_flagged.index, shown.without_flagged.ci_low) == (70.12, 67.4)


@pytest.mark.parametrize(
    "areas",
    [
        [("internal", "dinas-b", 15)],  # hidden, so that the five without a unit do not follow
        [("external", "izin", 22), ("external", "ktp", 15)],  # four users are left
    ],
)
def test_the_index_without_them_is_hidden_where_it_tells_of_few(areas):
    """Index less index without is what these units answered."""
    shown = disclose_agency(result(agency(areas=areas)), 10)

    assert shown.without_flagged is None
    assert len(shown.flagged) == len(areas)
    assert [flag.n for flag in shown.flagged if not flag.name] == [""] * sum(
        group == "internal" for group, _code, _n in areas
    )


def test_a_release_that_found_no_flagged_unit_says_so():
    """None is not the same as not looked for, as in earlier versions."""
    assert disclose_agency(result(agency()), 10).flagged == []
    assert disclose_agency(result(agency_result("kab-a", "A")), 10).flagged is None
