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
    """Some records of the largest area, by their random names, keep the four company."""
    made = joined(people("izin", 30), people("rsud", 4), people("ktp", 10))

    assert Counter(made.frame["area"]) == {"izin": 24, "ktp": 10, "": 10}
    assert [(one.area, one.into) for one in made.joined_areas] == [("rsud", "")]


def test_without_company_the_smallest_area_goes_too():
    """Eleven cannot give up six and stay ten."""
    made = joined(people("izin", 11), people("rsud", 4), people("ktp", 10))

    assert Counter(made.frame["area"]) == {"izin": 11, "": 14}
    assert [(one.area, one.into) for one in made.joined_areas] == [("ktp", ""), ("rsud", "")]


def test_a_few_strays_cost_no_area_its_name():
    """Three rate a service from an unexpected stratum: they lose its label, all others keep it."""
    made = joined(
        people("izin", 40), people("reklame", 30), people("ktp", 3),
        people("ktp", 40, stratum="external.b"), people("izin", 2, stratum="external.b"),
    )  # fmt: skip
    by_stratum = Counter(made.frame.select("stratum", "area").iter_rows())

    assert made.joined_areas == ()
    assert by_stratum == {
        ("kab-x.external.a", "izin"): 33,
        ("kab-x.external.a", "reklame"): 30,
        ("kab-x.external.a", ""): 10,
        ("kab-x.external.b", "ktp"): 32,
        ("kab-x.external.b", ""): 10,
    }


def test_an_area_of_which_many_would_be_missing_is_joined_whole():
    """Five of eighteen answers stand where they are too few: the rest would not be the area."""
    made = joined(
        people("izin", 13), people("izin", 5, stratum="external.b"),
        people("reklame", 5), people("reklame", 8, stratum="external.b"),
        people("ktp", 20), people("ktp", 20, stratum="external.b"),
    )  # fmt: skip
    by_stratum = Counter(made.frame.select("stratum", "area").iter_rows())

    assert by_stratum == {
        ("kab-x.external.a", "category:licensing"): 18,
        ("kab-x.external.b", "category:licensing"): 13,
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
