"""What simulated respondents say they rate, and how areas of the fictional nation differ."""

from __future__ import annotations

from collections import Counter
from statistics import mean

import pytest

from espi.instrument import shelf
from espi.rehearsal.nation.design import LARGE
from espi.rehearsal.nation.truth import BAD, COACHED, GOOD, level
from espi.rehearsal.respondents.choices import choose_answers
from espi.rehearsal.respondents.service import choose_service

SERVICES = [{"code": code, "name": {"id": code.upper()}} for code in ("a", "b", "c")]
OFFERED = {"services": SERVICES, "categories": [{"code": "health"}], "unit": ""}


def choices(**invitation):
    return Counter(choose_service(OFFERED | invitation, "7", f"orang {n}") for n in range(1000))


def test_most_confirm_what_the_list_named():
    """A few rate another service, or none of these."""
    found = choices(service="b")

    assert 900 < found["b"] < 970
    assert min(found["a"], found["c"], found["category:health"]) > 5


def test_a_slip_is_for_any_service():
    """As many for each; employees whom no code is named for know their unit all the same."""
    assert min(choices(service="")[code] for code in "abc") > 280
    assert choices(service="", unit="C")["c"] > 900


def test_nothing_is_chosen_where_nothing_is_asked():
    """Experts, and waves without a register."""
    assert choose_service({"services": [], "categories": []}, "7", "x") == ""
    assert choose_service({}, "7", "x") == ""


@pytest.mark.parametrize(
    ("area", "away"), [("ktp", GOOD), ("izin-usaha", BAD), ("category:health", 0.0), ("", 0.0)]
)
def test_areas_have_levels_of_their_own(area, away):
    """A few clearly good, a few clearly bad; a category has none of its own."""
    whole = level("7", "kota-contoh", "external")
    own = level("7", LARGE, "external", area) - level("7", LARGE, "external")

    assert own == pytest.approx(away)
    assert abs(level("7", "kota-contoh", "external", area) - whole) <= abs(BAD) + 1e-9


def test_most_of_a_coached_unit_give_the_prepared_sheet():
    """Those of another unit do not."""
    content = shelf.take("internal-2026.1").to_json()
    scored = [
        item["code"]
        for section in content["sections"]
        for item in section["items"]
        if item["dimension"]
    ]

    def most_common(area):
        sheets = (choose_answers(content, LARGE, "7", f"orang {n}", area) for n in range(60))
        return Counter(tuple(sheet.get(code) for code in scored[:10]) for sheet in sheets)

    assert most_common(COACHED[1]).most_common(1)[0][1] > 35
    assert most_common("dinas-sosial").most_common(1)[0][1] < 10


def test_the_mean_of_an_area_follows_its_level():
    """As that of an agency does."""
    content = shelf.take("external-2026.1").to_json()
    sheet = shelf.take("external-2026.1")
    scores = {area: [] for area in ("izin-usaha", "ktp")}
    for area, n in ((area, n) for area in scores for n in range(80)):
        answers = choose_answers(content, LARGE, "7", f"orang {n}", area)
        for item in sheet.items:
            scale, value = item.scored_values, answers.get(item.code)
            if scale and isinstance(value, int):
                share = (value - scale[0]) / (scale[-1] - scale[0])
                scores[area].append(1 - share if item.reversed else share)

    assert mean(scores["ktp"]) - mean(scores["izin-usaha"]) > 0.08
