"""Anybody can recompute a release, and tell one that was altered (docs/method, M29)."""

from __future__ import annotations

import copy
import json
import math
from datetime import date
from random import Random

import pytest
from click.testing import CliRunner

from espi.analyst.bundle import verify
from espi.canonical_json import canonical_json, digest_of
from espi.method.index.bundle import recompute
from espi.method.index.released import read_released
from espi.response.estimation.actions import run_estimation
from espi.response.publication.actions import approve_release, propose_release
from espi.response.publication.bundle import bundle_text
from espi.response.publication.disclosure import disclose_agency
from tests.response.box import make_wave
from tests.response.estimation.conftest import COUNTS, put_extract, records

from .conftest import agency_result, result

TODAY = date(2026, 11, 23)


@pytest.fixture
def bundle(db, settings, first, second, tmp_path):
    """Return the file of a release of five agencies, one of them withheld."""
    codes = [f"kab-{letter}" for letter in "abcde"]
    wave = make_wave(agencies=codes, phase="opened")
    rng = Random(5)
    rows = [row for code in codes[:4] for row in records(code, COUNTS, rng)]
    rows += records("kab-e", COUNTS | {"expert.1": 3}, rng)
    for number, row in enumerate(rows):
        row["unit"] = f"Unit {number % 2}"
    put_extract(wave, settings.STORAGE, rows)
    run_estimation(wave=wave, seed="benih", run_by="ani", today=TODAY)
    propose_release(wave=wave, actor=first)
    release = approve_release(wave=wave, actor=second, today=TODAY)
    path = tmp_path / "bundle.json"
    path.write_text(bundle_text(release), "utf-8")
    return path


def check(path, *words):
    return CliRunner().invoke(verify, [str(path), *words])


def test_every_published_score_follows_from_the_bundle(bundle):
    """Dimensions, items, shares, areas, components, indices, bands, ranks and the nation."""
    content = json.loads(bundle.read_text())
    told = check(bundle, "--digest", content["sha256"])
    places = {item.label.split()[-1] for item in recompute(read_released(content["results"]))}

    assert told.exit_code == 0, told.output
    assert "5 agencies were recomputed; 4 have an index" in told.output
    assert {"score", "se", "ci_low", "ci_high", "raw", "index", "band_probability",
            "place", "best", "worst"} <= places  # fmt: skip


def test_one_changed_byte_is_refused(bundle):
    """Wherever it is: in a number, a name, the digest or the white space."""
    content = bundle.read_bytes()
    rng = Random(1)
    for place in [0, 1, len(content) - 1, *rng.sample(range(len(content)), 60)]:
        flipped = bytearray(content)
        flipped[place] ^= 1
        bundle.write_bytes(bytes(flipped))

        assert check(bundle).exit_code != 0, place


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda r: r["agencies"][0].update(index=r["agencies"][0]["index"] + 0.05), "kab-a index"),
        (lambda r: r["agencies"][1].update(se=0.1), "kab-b se"),
        (lambda r: r["agencies"][0]["components"]["internal"].update(score=99.0), "internal score"),
        (lambda r: r["agencies"][2]["corrections"].update(facts=1.0), "kab-c index"),
        (lambda r: r["national"].update(index=80.0), "national index"),
        (lambda r: r["agencies"][0]["rank"].update(worst=99), "rank worst"),
        (lambda r: r["agencies"][0].update(band_probability=0.01), "band_probability"),
        (lambda r: r["agencies"][3]["components"].pop("expert"), "not a whole bundle"),
    ],
)
def test_a_score_that_was_changed_with_its_digest_is_named(bundle, change, said):
    """Whoever alters a number and signs it anew is still contradicted by the rest."""
    content = json.loads(bundle.read_text())
    change(content["results"])
    content["sha256"] = digest_of(content["results"])
    bundle.write_text(canonical_json(content) + "\n")
    told = check(bundle)

    assert told.exit_code == 1
    assert said in told.output


def test_another_release_is_told_by_its_digest(bundle):
    """Who noted the digest of the report sees that this is not its bundle."""
    assert "not " + "0" * 64 in check(bundle, "--digest", "0" * 64).output


def test_what_is_no_bundle_is_refused(tmp_path):
    """Another file is refused with a sentence."""
    path = tmp_path / "x.json"
    path.write_text("[]")

    assert "is not a bundle" in check(path).output


def test_no_number_has_more_digits_than_it_needs(bundle):
    """Totals to many digits would tell the sums of small strata: their weights can be guessed."""
    results = json.loads(bundle.read_text())["results"]

    def fine(content, name=""):
        if isinstance(content, float) and name != "part":
            yield from [content] if round(content, 4) != content else []
        for key, value in content.items() if isinstance(content, dict) else ():
            yield from fine(value, key)
        for value in content if isinstance(content, list) else ():
            yield from fine(value, name)

    assert list(fine(results["agencies"])) == []
    assert "totals" not in bundle.read_text()
    assert "covariance" not in bundle.read_text()


def test_no_person_is_in_a_bundle(bundle):
    """Every number rests on ten people at least; areas and items too."""
    results = json.loads(bundle.read_text())["results"]
    copied = copy.deepcopy(results)

    def counts(part):
        if isinstance(part, dict):
            if isinstance(part.get("n"), int):
                yield part["n"]
            for value in part.values():
                yield from counts(value)
        if isinstance(part, list):
            for value in part:
                yield from counts(value)

    assert min(counts(copied)) >= 10


def test_a_rounded_number_is_never_minus_zero():
    """Databases write it without its sign, and the digest would not be that of the file."""
    content = agency_result("kab-a", "A")
    content["change"] |= {"points": -0.001, "ci_low": -0.004}
    change = disclose_agency(result(content), 10).change

    assert [math.copysign(1, value) for value in (change.points, change.ci_low)] == [1, 1]
