"""An honest release never looks altered: what rounding may do to each number (docs/method, M29)."""

from __future__ import annotations

from math import sqrt
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from espi.method.estimation.intervals import mean_interval
from espi.method.index.bundle import recompute
from espi.method.index.composition import index, weighted
from espi.method.index.results import framed
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
    raw = weighted(SPECIFICATION.components, score)
    se = sqrt(sum((SPECIFICATION.components[group] * error[group]) ** 2 for group in GROUPS))
    infinite = se / sqrt(UNSEEN)
    facts = {"index": index(raw, taken), "raw": raw, "se": se}
    facts |= {"infinite_se": infinite, "unseen": UNSEEN}
    facts |= framed(SPECIFICATION, facts | {"df": df}, sum(taken.values()))
    components = {}
    for group in GROUPS:
        infinite = error[group] / sqrt(UNSEEN)
        low, high = mean_interval(score[group], infinite, df, UNSEEN)
        named = {"score": score[group], "se": error[group], "infinite_se": infinite,
                 "unseen": UNSEEN, "ci_low": low, "ci_high": high}  # fmt: skip
        part = {name: round(value, 2) for name, value in named.items()} | {"df": df}
        components[group] = part | {
            "dimensions": {"whole": part | {"part": 1.0}}, "correlation": [[1.0]],
            "items": {}, "areas": {},
        }  # fmt: skip
    return {
        "code": "kab-x", "withheld": None, "rank": None, "df": df, "band": facts["band"],
        "components": components,
        "corrections": {name: round(value, 2) for name, value in taken.items()},
    } | {name: round(facts[name], 2) for name in KEPT if facts[name] is not None}  # fmt: skip


def checks(agency):
    parts = {"components": SPECIFICATION.components, "bands": bands()}
    return recompute(
        {"specification": parts, "agencies": [agency], "national": None, "method": {"seed": "x"}}
    )


def bands():
    return [{"code": b.code, "low": b.low, "high": b.high} for b in SPECIFICATION.bands]


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
    found = {check.place: check for check in checks(agency)}

    assert agency["index"] == 64.35
    assert round(found["kab-x index"].recomputed, 4) == 64.3603
    assert all(check.holds for check in found.values())


@given(scores, errors, points, st.sampled_from(["index", "raw", "ci_low", "ci_high"]))
def test_a_tenth_of_a_point_is_told(score, error, taken, name):
    """What rounding explains is far below what anybody would alter."""
    agency = published(score, error, taken, 80)
    agency[name] += 0.1

    assert [check.place for check in checks(agency) if not check.holds] == [f"kab-x {name}"]
