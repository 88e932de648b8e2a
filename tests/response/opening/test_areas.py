"""A record is about one service area; areas with few answers are joined to their category."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from espi.response.estimation.joined import joined_labels
from espi.response.opening.areas import Register
from espi.response.opening.extract import extract_of
from espi.response.opening.facts import RegisteredArea, StratumPlace, WaveDesign
from espi.response.opening.labels import join_labels
from tests.response.opening.wave import Person, facts, opened

PLACES = {
    f"kab-x.{group}.{part}": StratumPlace("kab-x", group, "sample", 300)
    for group in ("external", "internal")
    for part in "ab"
}


def area(code, category, group="external", *names):
    return RegisteredArea("kab-x", group, code, category, names)


REGISTER = [
    area("izin", "licensing"),
    area("reklame", "licensing"),
    area("ktp", "civil-registry"),
    area("rsud", "health"),
    area("dinkes", "personnel", "internal", "Dinas Kesehatan", "Dinkes"),
]


def people(service, count, *, stratum="external.a", unit="Loket"):
    group = stratum.split(".")[0]
    return [
        Person(f"kab-x.{stratum}", "kab-x", group, unit, "sample", "id", "web", service)
        for _ in range(count)
    ]


def joined(*crowds, register=REGISTER):
    known = facts(PLACES, register)
    everybody = [person for crowd in crowds for person in crowd]
    return join_labels(opened(everybody, known, Random(1))[1], known)


@pytest.mark.parametrize(
    ("group", "unit", "service", "label"),
    [
        ("external", "Loket", "izin", "izin"),
        ("external", "Loket", "category:health", "category:health"),
        ("external", "Loket", "", ""),
        ("external", "Loket", "dinkes", ""),  # a unit of the employees
        ("external", "Loket", "category:nothing", ""),
        ("internal", "Loket", "dinkes", "dinkes"),
        ("internal", "DINAS  kesehatan", "", "dinkes"),
        ("internal", "dinkes", "forged", "dinkes"),
        ("internal", "Loket", "", "Loket"),
        ("internal", "category:health", "", ""),
        ("expert", "", "izin", ""),
    ],
)
def test_what_a_record_is_about(group, unit, service, label):
    """What was sealed if the register has it; of employees else the unit; never a forged code."""
    assert Register(REGISTER).area("kab-x", group, unit, service) == label


def test_without_a_register_a_record_is_about_its_unit():
    """As before there was one; a service that somebody seals all the same is not looked at."""
    assert Register([]).area("kab-x", "external", "Loket", "izin") == "Loket"
    assert Register(REGISTER).area("kab-y", "external", "Loket", "izin") == "Loket"


def test_small_areas_are_joined_to_their_category():
    """Nine are too few; with six of "none of these" they are fifteen of licensing."""
    made = joined(
        people("izin", 30), people("reklame", 9), people("category:licensing", 6), people("ktp", 10)
    )

    assert Counter(made.frame["area"]) == {"izin": 30, "category:licensing": 15, "ktp": 10}
    assert [(one.area, one.into) for one in made.joined_areas] == [
        ("reklame", "category:licensing")
    ]


def test_what_is_still_too_small_has_no_area():
    """And takes the smallest named one with it, where those without would be fewer than ten."""
    made = joined(people("izin", 30), people("rsud", 4), people("ktp", 10))

    assert Counter(made.frame["area"]) == {"izin": 30, "": 14}
    assert [(one.area, one.into) for one in made.joined_areas] == [("ktp", ""), ("rsud", "")]


def test_an_area_is_joined_in_all_strata():
    """Twelve answers in one stratum, three in the other: its estimate is of all or of none."""
    made = joined(
        people("izin", 12), people("izin", 3, stratum="external.b"),
        people("reklame", 5), people("reklame", 8, stratum="external.b"),
        people("ktp", 20), people("ktp", 20, stratum="external.b"),
    )  # fmt: skip
    by_stratum = Counter(made.frame.select("stratum", "area").iter_rows())

    assert by_stratum == {
        ("kab-x.external.a", "category:licensing"): 17,
        ("kab-x.external.b", "category:licensing"): 11,
        ("kab-x.external.a", "ktp"): 20,
        ("kab-x.external.b", "ktp"): 20,
    }


def test_the_report_says_what_was_joined_without_a_count():
    """Read again by the estimation; units that are in no register are counted, not named."""
    known = facts(PLACES, REGISTER)
    crowd = [
        *people("izin", 30), *people("reklame", 3), *people("category:licensing", 11),
        *people("", 20, stratum="internal.a", unit="Dinkes"),
        *people("", 3, stratum="internal.a", unit="Rahasia"),
        *people("", 12, stratum="internal.a", unit=""),
    ]  # fmt: skip
    made = extract_of(opened(crowd, known, Random(1))[1], known)
    report = made.report()

    assert report["joined_areas"] == [
        {"agency": "kab-x", "group": "external", "channel": "sample", "area": "reklame",
         "into": "category:licensing"}
    ]  # fmt: skip
    assert report["units"] == 2
    assert "Rahasia" not in str(report)
    assert [one.into for one in joined_labels(report).areas] == ["category:licensing"]
    assert joined_labels({}).areas == ()
    assert "lost their name for being small: 2; 1 of them" in " ".join(made.lines())


def test_the_register_is_in_the_exported_box():
    """Boxes of earlier versions have none."""
    design = WaveDesign("uji", PLACES, {}, None, tuple(REGISTER))
    content = design.to_json()

    assert WaveDesign.from_json(content) == design
    del content["services"]
    assert WaveDesign.from_json(content).services == ()
