"""An honest release never looks altered: what rounding may do to each number (docs/method, M29)."""

from __future__ import annotations

from inspect import isabstract
from math import sqrt
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espi.method.estimation.intervals import mean_interval
from espi.method.index.bundle import recompute
from espi.method.index.composition import weighted
from espi.method.index.released import Released, ReleasedScore, read_released
from espi.method.index.results import Composition, headline_of
from espi.method.index.specification import GROUPS, take

SPECIFICATION = take("rehearsal-2026")
NAMES = [rule.name for rule in SPECIFICATION.corrections]
KEPT = ("index", "raw", "se", "infinite_se", "unseen", "ci_low", "ci_high", "band_probability")
UNSEEN = 0.7
scores = st.fixed_dictionaries({group: st.floats(45, 95) for group in GROUPS})
errors = st.fixed_dictionaries({group: st.floats(0.2, 3) for group in GROUPS})
points = st.fixed_dictionaries({name: st.just(0.0) | st.floats(0, 6) for name in NAMES})


def published(score, error, taken, df):
    """Return one agency as it is released: every number computed from exact ones, then rounded."""
    se = sqrt(sum((SPECIFICATION.components[group] * error[group]) ** 2 for group in GROUPS))
    composition = Composition(
        raw=weighted(SPECIFICATION.components, score), se=se, infinite_se=se / sqrt(UNSEEN),
        unseen=UNSEEN, df=df,
    )  # fmt: skip
    headline = headline_of(SPECIFICATION, composition, taken)
    components = {}
    for group in GROUPS:
        infinite = error[group] / sqrt(UNSEEN)
        low, high = mean_interval(score[group], infinite, df, UNSEEN)
        named = {"score": score[group], "se": error[group], "infinite_se": infinite,
                 "unseen": UNSEEN, "ci_low": low, "ci_high": high}  # fmt: skip
        part = {name: round(value, 2) for name, value in named.items()} | {"df": df, "n": 40}
        components[group] = part | {
            "dimensions": {"whole": part | {"part": 1.0}}, "correlation": [[1.0]],
            "items": {}, "areas": {},
        }  # fmt: skip
    return {
        "code": "kab-x", "name": "X", "type": "regency", "withheld": None, "n": {}, "df": df,
        "band": headline.band, "components": components,
        "corrections": {name: round(value, 2) for name, value in taken.items()},
    } | {name: round(getattr(headline, name), 2) for name in KEPT}  # fmt: skip


def checks(agency):
    return recompute(read_released(bundle_of(agency)))


def bundle_of(agency):
    """Return a release of one agency, as JSON."""
    digests = (
        "specification", "specification_digest", "answers_digest", "tallies_digest",
        "corrections_digest", "method_version", "results_digest", "seed",
    )  # fmt: skip
    return {
        "wave": {"code": "w", "title": {"id": "W"}, "year": 2026}, "rehearsal": True,
        "minimum_cell": 10, "method": dict.fromkeys(digests, "x"), "national": None,
        "specification": {
            "components": SPECIFICATION.components, "bands": bands(), "corrections": {},
            "dimensions": {},
        },
        "agencies": [agency],
    }  # fmt: skip


def bands():
    return [
        {"code": b.code, "label": dict(b.label), "low": b.low, "high": b.high}
        for b in SPECIFICATION.bands
    ]


def test_rounding_alone_is_no_alarm():
    """Components, corrections and the index are each rounded: the differences may add up."""
    rng = Random(20260706)
    for _ in range(1000):
        score = {group: rng.uniform(45, 95) for group in GROUPS}
        error = {group: rng.uniform(0.2, 3) for group in GROUPS}
        taken = {name: rng.choice([0.0, 0.0049, rng.uniform(0, 6)]) for name in NAMES}
        found = checks(published(score, error, taken, rng.randint(5, 200)))

        assert len(found) > 20
        assert [check for check in found if not check.holds] == []


def test_three_roundings_that_fall_the_same_way():
    """A release that an earlier version of the check called altered: 64.35 beside 64.3603."""
    score = {"expert": 55.2451, "external": 80.2651, "internal": 69.6451}
    taken = dict.fromkeys(NAMES, 0.0) | {"facts": 3.4825}
    agency = published(score, dict.fromkeys(GROUPS, 1.0), taken, 80)
    found = {check.label: check for check in checks(agency)}

    assert agency["index"] == 64.35
    assert round(found["kab-x index"].recomputed, 4) == 64.3603
    assert all(check.holds for check in found.values())


@given(scores, errors, points, st.sampled_from(["index", "raw", "ci_low", "ci_high"]))
def test_a_tenth_of_a_point_is_told(score, error, taken, name):
    """What rounding explains is far below what anybody would alter."""
    agency = published(score, error, taken, 80)
    agency[name] += 0.1

    assert [check.label for check in checks(agency) if not check.holds] == [f"kab-x {name}"]


@pytest.mark.parametrize("name", ["index", "raw", "se", "ci_low", "df", "band_probability"])
def test_a_number_that_was_left_out_is_missed(name):
    """Whoever empties a number of an index does not get it past the check."""
    agency = published(dict.fromkeys(GROUPS, 75.0), dict.fromkeys(GROUPS, 1.0), {}, 80)

    with pytest.raises(KeyError):
        checks(agency | {name: None})


def test_what_is_released_cannot_be_made_elsewhere():
    """The types are abstract: only disclosure control has the classes that can be made."""
    numbers = {"score": 1.0, "se": 1.0, "infinite_se": 1.0, "unseen": 1.0, "ci_low": 1.0,
               "ci_high": 1.0, "n": 1, "df": 1}  # fmt: skip
    own = [kind for kind in Released.__subclasses__() if kind.__module__.startswith("espi.method")]
    assert ReleasedScore in own
    for kind in own:
        assert isabstract(kind), kind
    with pytest.raises(TypeError, match="abstract"):
        ReleasedScore(**numbers)
