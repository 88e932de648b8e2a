"""A run keeps all that it rests on, and the same inputs give the same bytes."""

from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest

from espi.design.models import Agency
from espi.method.index.composition import index
from espi.method.index.document import JoinedStratum
from espi.response.ballotbox import actions as box
from espi.response.estimation import actions, errors
from espi.response.estimation.canonical import canonical, digest, method_version
from espi.response.estimation.models import EstimationRun
from espi.response.estimation.queries import latest_run, result_of
from espi.tallies.models import Tally
from tests.response.box import DAY, ballot, make_wave, opened, shares, sheet
from tests.response.estimation.conftest import put_extract, records


def run(wave, seed="1"):
    return actions.run_estimation(wave=wave, seed=seed, run_by="ani", today=DAY)


def correct(wave, agency="kab-x", value=40.0, name="facts"):
    fact = actions.Fact(Agency.objects.get(code=agency), name, value, date(2026, 5, 4), "s", "e")
    made = actions.propose_correction(wave=wave, fact=fact, author="ani", today=DAY)
    return actions.approve_correction(correction=made, approver="budi")


def test_the_same_inputs_give_the_same_bytes(wave):
    """Another run is added, with the same results to the byte; none is replaced."""
    one, two = run(wave), run(wave)

    assert canonical(one.results) == canonical(two.results)
    assert one.results_digest == two.results_digest == digest(two.results)
    assert [one.number, two.number] == [1, 2]
    assert latest_run(wave) == two


def test_a_run_can_be_repeated(wave):
    """From its inputs and its seed, to the byte; a count that changed since is told."""
    made = run(wave, seed="benih")

    assert actions.repeat(made) == made.results_digest
    Tally.objects.filter(stratum_code="kab-x.internal.1").update(count=401)
    assert actions.repeat(made) != made.results_digest


def test_a_run_says_what_it_rests_on(wave):
    """Digests of answers, counts, corrections, specification and code; and who ran it."""
    made = run(wave, seed="benih")
    made.refresh_from_db()

    assert made.extract_digest == wave.opening.extract_digest
    assert made.specification_digest == wave.specification.digest
    assert made.method_version == method_version()
    assert len({made.tallies_digest, made.corrections_digest, made.results_digest}) == 3
    assert (made.seed, made.run_by, made.run_on) == ("benih", "ani", DAY)
    assert made.results_digest == digest(made.results)
    wave.refresh_from_db()
    assert wave.phase == "estimated"


def test_what_changes_an_input_changes_its_digest(wave):
    """A correction and a count each change their own digest and the results."""
    before = run(wave)
    correct(wave)
    corrected = run(wave)
    Tally.objects.filter(stratum_code="kab-x.internal.1").update(count=400)
    counted = run(wave)

    assert before.corrections_digest != corrected.corrections_digest
    assert before.tallies_digest == corrected.tallies_digest != counted.tallies_digest
    assert len({r.results_digest for r in (before, corrected, counted)}) == 3


def test_the_index_is_components_less_corrections(wave):
    """By the weights of the specification, to the last kept digit; raw and corrected both there."""
    correct(wave, value=40.0)
    row = result_of(run(wave), "kab-x")
    weights = wave.specification.content["components"]
    raw = sum(weights[group] * part.score for group, part in row.components.items())

    assert row.raw == pytest.approx(raw, abs=1e-8)
    assert row.corrections["facts"] == pytest.approx(0.1161 * 40)
    assert row.index == pytest.approx(index(row.raw, row.corrections), abs=1e-8)
    assert row.ci_low < row.index < row.ci_high
    assert row.n == {"internal": 40, "external": 30, "expert": 12}


def test_too_few_answers_withhold_a_score(wave):
    """A status with its reason, never a guess; the agency stays in the list."""
    row = result_of(run(wave), "kab-y")

    assert row.index is None
    assert row.withheld == "too few answers: expert"
    assert "expert" not in row.components


def test_a_lonely_stratum_is_joined_and_told(wave, settings):
    """One answer alone in its stratum counts with its sibling."""
    rows = list(records("kab-x", {"internal.1": 30, "internal.2": 1, "external.1": 30,
                                  "expert.1": 12}, Random(3)))  # fmt: skip
    put_extract(wave, settings.STORAGE, rows)
    joined = result_of(run(wave), "kab-x").collapsed

    assert joined == [
        JoinedStratum(stratum="kab-x.internal.2", into="kab-x.internal.1", respondents="<10")
    ]


def test_an_agency_without_answers_is_withheld(wave, settings):
    """Nobody answered: it is listed with its reason, the others are estimated."""
    rows = list(records("kab-x", {"internal.1": 40, "external.1": 30, "expert.1": 12}, Random(4)))
    put_extract(wave, settings.STORAGE, rows)
    made = run(wave)

    assert result_of(made, "kab-y").withheld
    assert result_of(made, "kab-x").index


def test_waiting_corrections_stop_a_run(wave):
    """Nobody decided on them yet, so nobody knows the index."""
    fact = actions.Fact(Agency.objects.get(code="kab-x"), "facts", 10.0, date(2026, 5, 4), "s", "e")
    actions.propose_correction(wave=wave, fact=fact, author="ani", today=DAY)
    with pytest.raises(errors.CorrectionsOpen):
        run(wave)


def test_an_altered_or_missing_extract_stops_a_run(wave, settings):
    """One byte is enough."""
    path = settings.STORAGE / "opened" / wave.opening.extract_name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(errors.ExtractAltered):
        run(wave)
    path.unlink()
    with pytest.raises(errors.ExtractAltered):
        run(wave)


def test_a_run_needs_opened_answers_and_counts(wave):
    """Each missing input is named."""
    Tally.objects.all().delete()
    with pytest.raises(errors.PopulationsMissing):
        run(wave)
    with pytest.raises(errors.NotOpened):
        run(make_wave("lain", agencies=(), phase="closed"))


def test_what_the_method_refuses_is_told(wave):
    """A count below the number of answers, or none at all for a stratum that has answers."""
    Tally.objects.filter(stratum_code="kab-x.internal.1").update(count=10)
    with pytest.raises(errors.CannotBeEstimated):
        run(wave)
    Tally.objects.filter(stratum_code="kab-x.internal.1").delete()
    with pytest.raises(errors.CannotBeEstimated, match=r"kab-x\.internal\.1"):
        run(wave)
    assert not EstimationRun.objects.exists()


def test_canonical_form():
    """Sorted, rounded to ten decimals, no negative zero, one text for equal content."""
    assert canonical({"b": -0.0, "a": [1.00000000001, "é"]}) == '{"a":[1.0,"é"],"b":0.0}'
    assert digest({"a": 1, "b": 2}) == digest({"b": 2, "a": 1})


def test_from_sealed_ballots_to_the_index(db, settings, tmp_path):
    """The whole way once: sealed, accepted, released, opened, estimated."""
    wave = make_wave()
    rng = Random(5)
    for key, count in {"kab-x.internal": 24, "kab-x.external": 14, "kab-x.expert": 11}.items():
        for n in range(count):
            number = 1 + n % 2 if key.endswith("internal") else 1
            box.accept_ballot(ballot=ballot(sheet(key, number, rng), key))
    opening = opened(wave, tmp_path, shares()[1:])
    row = result_of(run(wave), "kab-x")

    frame = pl.read_parquet(settings.STORAGE / "opened" / opening.extract_name)
    assert opening.opened == frame.height == 49
    assert row.withheld is None
    assert 0 < row.se < 10


DOCUMENTED = {
    "code", "name", "type", "n", "withheld", "index", "raw", "se", "infinite_se", "unseen",
    "ci_low", "ci_high", "df", "band", "band_probability", "corrections", "collapsed", "few",
    "joining", "rank", "change", "without_flagged", "components", "service_areas",
    "answer_tables",
}  # fmt: skip


def test_the_stored_json_has_the_documented_names(wave):
    """The types may be renamed; the names in files do not change (docs/reference/files.md)."""
    results = run(wave).results
    agency = results["agencies"][0]
    component = agency["components"]["internal"]
    score = {"score", "se", "infinite_se", "unseen", "ci_low", "ci_high", "n", "df"}

    assert set(results) == {
        "specification", "quality", "agencies", "national", "measurement", "categories",
        "small_area_models",
    }  # fmt: skip
    assert set(agency) == DOCUMENTED
    assert set(component) == score | {"dimensions", "covariance", "items", "areas", "joining"}
    assert all(set(part) == score | {"part"} for part in component["dimensions"].values())
    items = component["items"].values()
    assert {frozenset(set(item) - score) for item in items} <= {
        frozenset({"label", "dimension"}), frozenset({"label", "dimension", "share"}),
    }  # fmt: skip
