"""The question about the service is the same in the browser and in the assisted booth."""

from __future__ import annotations

import pytest

from espi.assisted.service import CATEGORY, NONE, SERVICE, Choice, without_service
from espi.instrument.model import Instrument
from espi.instrument.validation import check
from espi.wording.catalogue import LANGUAGES

BARE = Instrument("", "", "", {"id": "", "en": ""}, 0, ())
SERVICES = [("izin-usaha", "Izin usaha"), ("ktp", "KTP & KK"), ("none", "{agency} $1")]
CATEGORIES = [("licensing", "Perizinan"), ("other", "Layanan lain")]


def named(pairs):
    return [{"code": code, "name": {"id": name, "en": f"{name} (en)"}} for code, name in pairs]


def invitation(service="", group="external", services=SERVICES, categories=CATEGORIES):
    return {
        "group": group, "agency": {"code": "kab-x", "name": "Kabupaten <Contoh> & $& Jaya"},
        "service": service, "services": named(services), "categories": named(categories),
    }  # fmt: skip


INVITATIONS = [
    invitation("ktp"),
    invitation(),
    invitation("gone"),
    invitation("izin-usaha", "internal"),
    invitation("", "internal", categories=CATEGORIES[:1]),
    invitation(categories=[]),
    invitation("ktp", services=[], categories=[]),
    {key: part for key, part in invitation(group="expert").items() if "service" not in key},
]
GIVEN = [
    {},
    {"peg1": "4"},
    {SERVICE: "izin-usaha", "peg1": "4"},
    {SERVICE: "izin-usaha", CATEGORY: "other"},
    {SERVICE: NONE},
    {SERVICE: NONE, CATEGORY: "other"},
    {SERVICE: "gone", CATEGORY: "gone"},
]


def here(offered, given):
    """Return what the assisted booth makes of an invitation and answers."""
    choice = Choice.of(offered)
    asked = choice.before(BARE)
    checked = check(asked, given)
    return {
        "sections": [
            {**section, "items": [parts(item) for item in section["items"]]}
            for section in asked.to_json()["sections"]
        ],
        "named": choice.named_service(),
        "sealed": choice.sealed_service(checked.answers),
        "rest": without_service(given),
        "unanswered": list(checked.unanswered),
        "subject": {language: choice.subject(given, language) for language in LANGUAGES},
    }


def parts(item):
    """Return the parts of an item that the browser has."""
    return {name: item[name] for name in ("code", "text", "options", "required", "only_if")}


def test_browser_and_server_ask_and_seal_alike(ask):
    """Every kind of invitation with every kind of answer, told by the list or not."""
    cases = [(offered, given) for offered in INVITATIONS for given in GIVEN]
    there = ask(
        *({"operation": "service", "invitation": offered, "given": given}
          for offered, given in cases)
    )  # fmt: skip

    assert [here(*case) for case in cases] == there


@pytest.mark.parametrize(
    ("given", "sealed"),
    [({}, ""), (GIVEN[2], "izin-usaha"), (GIVEN[3], "izin-usaha"), (GIVEN[5], "category:other")],
)
def test_what_is_sealed(given, sealed):
    """A code, a category, or nothing; a category that was chosen before does not stay."""
    assert here(INVITATIONS[0], given)["sealed"] == sealed


def test_experts_and_waves_without_a_register_are_not_asked():
    """The questionnaire stays as it is."""
    assert [here(INVITATIONS[n], {})["sections"] for n in (6, 7)] == [[], []]
