"""What is published of joined strata: a bound beside the number, and few answers as few (M30)."""

from __future__ import annotations

from dataclasses import fields

import pytest

from espi.method.index.bundle import recompute
from espi.method.index.document import WaveResults
from espi.method.index.released import read_released
from espi.method.index.released_facts import MethodDigests, SpecificationWords, WaveTitle
from espi.response.publication.actions import approve_release, propose_release
from espi.response.publication.bundle import content_of
from espi.response.publication.disclosure import ReleaseFacts, disclose, disclose_agency
from tests.response.box import DAY

from .conftest import agency_result, result

SENTENCE = {
    "en": "joined at the opening, which moves the index by at most {} points",
    "id": "digabungkan saat pembukaan, yang menggeser indeks paling banyak {} poin",
}
UNKNOWN = {"en": "How far this moves the index is not known", "id": "tidak diketahui"}


def joined(bound=0.5):
    """Return an agency whose internal strata were joined."""
    agency = agency_result("kab-a", "Kabupaten A") | {"joining": bound and 0.16}
    for group, part in agency["components"].items():
        part["joining"] = bound if group == "internal" or bound is None else 0.0
    return agency


def test_a_group_that_was_too_small_to_be_named_is_told_as_few():
    """It has no record, and still it is not nought; a group without any answer is."""
    agency = joined() | {"n": {"internal": 40, "external": 0, "expert": 0}, "few": ["expert"]}

    assert disclose_agency(result(agency), 10).n == {
        "internal": "40", "external": "0", "expert": "<10",
    }  # fmt: skip
    assert disclose_agency(result(agency), 20).n["expert"] == "<20"


def test_the_bound_stands_beside_each_component():
    """And beside the index; a withheld agency has none."""
    shown = disclose_agency(result(joined()), 10)
    withheld = disclose_agency(result(joined() | {"withheld": "too few answers: expert"}), 10)

    assert shown.joining == 0.16
    assert [part.joining for part in shown.components.values()] == [0.5, 0.0, 0.0]
    assert withheld.joining is None


@pytest.mark.parametrize(("published", "holds"), [(0.16, True), (0.05, False)])
def test_the_bound_of_the_index_follows_from_those_of_its_components(published, holds):
    """Whoever makes it smaller in a bundle is found."""
    specification = SpecificationWords(
        components={"internal": 0.3046, "external": 0.3279, "expert": 0.3675}, bands=[],
        corrections={}, dimensions={},
    )  # fmt: skip
    digests = dict.fromkeys((field.name for field in fields(MethodDigests)), "x")
    facts = ReleaseFacts(
        wave=WaveTitle(code="w", title={"id": "W"}, year=2026), rehearsal=True, minimum_cell=10,
        method=MethodDigests(**digests), specification=specification,
    )  # fmt: skip
    results = WaveResults(agencies=[result(joined())], national=None, measurement={})
    content = content_of(disclose(results, facts))
    content["agencies"][0]["joining"] = published
    found = {check.label: check for check in recompute(read_released(content))}

    assert found["kab-a joining"].holds == holds


@pytest.fixture
def page(client, wave, run, first, second):
    """Return a way to release one agency and read its page."""

    def page(agency, language):
        run.results["agencies"][0] = agency
        run.save()
        propose_release(wave=wave, actor=first)
        approve_release(wave=wave, actor=second, today=DAY)
        return client.get("/w26/instansi/kab-a", {"lang": language}).content.decode()

    return page


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_says_what_joining_moves(page, language):
    """In both languages, beside the index."""
    number = {"id": "0,16", "en": "0.16"}[language]

    assert SENTENCE[language].format(number) in page(joined(), language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_page_says_that_nobody_knows(page, language):
    """Where the opening could not compute it."""
    assert UNKNOWN[language] in page(joined(None), language)


@pytest.mark.parametrize("agency", [agency_result("kab-a", "A"), joined(0.0)])
def test_the_page_says_nothing_where_nothing_was_moved(page, agency):
    """Also for a release of an earlier version, which knows nothing of it."""
    assert "joined at the opening" not in page(agency, "en")
