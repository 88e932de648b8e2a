"""Labels that were joined at the opening: right counts, right weights, and what they cost (M30)."""

from __future__ import annotations

from hashlib import sha256
from math import ceil
from random import Random

import pytest

from espi.method.index.document import JoinedStratum
from espi.method.index.joining import LADDER, STEP
from espi.response.ballotbox.ceremony import populations
from espi.response.ballotbox.models import Opening
from espi.response.estimation import actions
from espi.response.estimation.queries import result_of, results_of
from espi.response.opening.extract import extract_of
from espi.response.opening.facts import StratumPlace, WaveFacts
from espi.response.opening.records import to_frame
from espi.response.publication.disclosure import disclose_agency
from espi.tallies.models import Tally
from tests.response.box import DAY, questionnaire
from tests.response.estimation.conftest import put_extract, records

COUNTS = {"internal.1": 26, "internal.2": 4, "external.1": 30, "expert.1": 12}
PEOPLE = {"kab-x.internal.1": 100, "kab-x.internal.2": 160}  # 4 of 160 and 26 of 100 answered
SHEETS = [questionnaire(group) for group in ("internal", "external", "expert")]


def run(wave):
    return results_of(actions.run_estimation(wave=wave, seed="1", run_by="ani", today=DAY))


@pytest.fixture
def rows(wave):
    for code, count in PEOPLE.items():
        Tally.objects.filter(stratum_code=code).update(count=count)
    rng = Random(11)
    made = [*records("kab-x", COUNTS, rng), *records("kab-y", COUNTS | {"expert.1": 4}, rng)]
    return [answered(row) for row in made]


def answered(row):
    """Let everybody answer everything, and the few of the second stratum unlike the rest."""
    few = row["stratum"] == "kab-x.internal.2"
    return {k: (1.0 if few else v or 4.0) if k.startswith("a.") else v for k, v in row.items()}


def facts_of(wave):
    people = populations(wave)
    strata = {
        s.code: StratumPlace(s.agency.code, s.group, s.channel, people.get(s.code))
        for s in wave.strata.select_related("agency")
    }
    return WaveFacts(strata, wave.minimum_cell, SHEETS, wave.specification.content)


def opening_of(wave, storage, rows):
    """Put an extract in its place as the opening makes it; return what it says of it."""
    made = extract_of(to_frame(rows, SHEETS), facts_of(wave))
    path = storage / "opened" / f"{wave.code}.parquet"
    path.write_bytes(made.content)
    report = made.report()
    Opening.objects.filter(wave=wave).update(
        extract_digest=sha256(made.content).hexdigest(), report=report
    )
    return report


def test_the_bound_that_is_published_holds_what_joining_moved(wave, settings, rows):
    """Estimated with the sealed strata and with the joined ones, whole runs, digit by digit."""
    put_extract(wave, settings.STORAGE, rows)
    sealed = result_of_all(run(wave))
    opening_of(wave, settings.STORAGE, rows)
    joined = result_of_all(run(wave))
    shown = disclose_agency(joined["kab-x"], 10)

    before, after = (each["kab-x"].components["internal"].score for each in (sealed, joined))
    weight = sum(PEOPLE.values()) / 30
    share = abs(4 * weight - 160) / sum(PEOPLE.values())
    least = max(abs(after - before), STEP * share)
    bound = next(step for step in LADDER if step >= least)

    assert abs(after - before) > 0.5
    assert shown.components["internal"].joining == bound
    assert [shown.components[g].joining for g in ("external", "expert")] == [0.0, 0.0]
    whole = wave.specification.content["components"]["internal"] * bound
    assert shown.joining == ceil(whole * 100) / 100
    assert abs(joined["kab-x"].index - sealed["kab-x"].index) <= shown.joining


def result_of_all(results):
    return {agency.code: agency for agency in results.agencies}


def test_no_stratum_with_answers_is_told_as_nought(wave, settings, rows):
    """The joined one had four; the experts of the other agency were four; both are told as few."""
    opening_of(wave, settings.STORAGE, rows)
    found = result_of_all(run(wave))
    joined = [JoinedStratum(stratum="kab-x.internal.2", into="kab-x.internal.1", respondents="<10")]

    assert found["kab-x"].collapsed == joined
    assert found["kab-y"].withheld == "too few answers: expert"
    assert disclose_agency(found["kab-y"], 10).n["expert"] == "<10"
    assert disclose_agency(found["kab-x"], 10).n == {
        "internal": "30", "external": "30", "expert": "12",
    }  # fmt: skip


def test_a_stratum_without_any_answer_is_nought(wave, settings, rows):
    """Nobody answered there, and that may be said."""
    kept = [row for row in rows if row["stratum"] != "kab-x.internal.2"]
    opening_of(wave, settings.STORAGE, kept)
    joined = [JoinedStratum(stratum="kab-x.internal.2", into="kab-x.internal.1", respondents="0")]

    assert result_of_all(run(wave))["kab-x"].collapsed == joined


def test_people_of_a_joined_stratum_count_where_its_answers_do(wave, settings, rows):
    """Not in the largest sibling, where an estimation would put a stratum without answers."""
    stratum = wave.strata.get(code="kab-x.internal.2")
    stratum.pk, stratum.code = None, "kab-x.internal.3"
    stratum.save()
    Tally.objects.create(wave_code=wave.code, stratum_code=stratum.code, kind="population",
                         count=600)  # fmt: skip
    third = list(map(answered, records("kab-x", {"internal.3": 15}, Random(8))))
    report = opening_of(wave, settings.STORAGE, [*rows, *third])
    found = result_of_all(run(wave))["kab-x"]

    assert report["merged"]["kab-x.internal.2"] == "kab-x.internal.3"  # weights 40 and 40
    assert found.components["internal"].joining == 0.0
    put_extract(wave, settings.STORAGE, [*rows, *third])
    sealed = result_of_all(run(wave))["kab-x"]
    scores = [each.components["internal"].score for each in (found, sealed)]
    assert scores[0] == pytest.approx(scores[1], abs=1e-9)


@pytest.mark.parametrize(
    ("report", "told"),
    [
        ({}, 0.0),
        ({"merged": {}, "small": []}, 0.0),
        ({"merged": {"kab-x.internal.2": "kab-x.internal.1"}, "small": []}, None),
    ],
)
def test_an_opening_of_an_earlier_version_can_be_estimated(wave, settings, rows, report, told):
    """It knows no bounds: where it joined strata, the results say that nobody knows."""
    merged = report.get("merged", {})
    put_extract(
        wave, settings.STORAGE,
        [row | {"stratum": merged.get(row["stratum"], row["stratum"])} for row in rows],
    )  # fmt: skip
    Opening.objects.filter(wave=wave).update(report=report)
    found = result_of_all(run(wave))["kab-x"]

    assert found.index is not None
    assert found.joining == told
    assert [stratum.respondents for stratum in found.collapsed] == (["<10"] if merged else [])


def test_slips_are_no_people_of_the_list(wave, settings, rows):
    """A stratum of slips has no part in the weights of those that were drawn from."""
    before = result_of(latest(wave, settings, rows), "kab-x")
    wave.strata.filter(code="kab-x.internal.2").update(channel="open")
    slips = result_of(latest(wave, settings, rows), "kab-x")

    assert before.collapsed
    assert slips.collapsed == []
    assert slips.n["internal"] == 26


def latest(wave, storage, rows):
    opening_of(wave, storage.STORAGE, rows)
    return actions.run_estimation(wave=wave, seed="1", run_by="ani", today=DAY)
