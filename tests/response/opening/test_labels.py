"""Whatever is opened, no combination of what leaves the seal is shared by fewer than ten (A22)."""

from __future__ import annotations

import io
from collections import Counter
from dataclasses import replace
from random import Random

import polars as pl
import pytest

from espi.instrument.model import Condition
from espi.response.opening import extract as making
from espi.response.opening.effect import effect_of
from espi.response.opening.errors import NamesPeople
from espi.response.opening.extract import counts_shown, extract_of
from espi.response.opening.facts import StratumPlace
from espi.response.opening.inspection import inspect
from espi.response.opening.labels import join_labels, routed, unscored
from tests.response.opening.wave import MINIMUM, Person, facts, opened, random_wave

LABELS = ("stratum", "agency", "area", "group", "instrument", "mode", "channel")


def people(stratum, unit, count, **more):
    agency, group, _part = stratum.split(".")
    told = {"channel": "sample", "language": "id", "mode": "web"} | more
    return [Person(stratum, agency, group, unit, **told) for _ in range(count)]


def labelled(crowd, strata, seed=1):
    known = facts(strata)
    return join_labels(opened(crowd, known, Random(seed))[1], known)


def strata(**populations):
    return {
        f"kab-x.internal.{name}": StratumPlace("kab-x", "internal", "sample", people)
        for name, people in populations.items()
    }


@pytest.mark.parametrize("seed", range(12))
def test_every_combination_is_shared_by_ten(seed):
    """Counted by hand over all labels and all unscored answers, slips and assisted booths too."""
    rng = Random(seed)
    crowd, known = random_wave(rng)
    frame = opened(crowd, known, rng)[1]
    made = pl.read_parquet(io.BytesIO(extract_of(frame, known).content))
    names = [*LABELS, *(name for name in made.columns if name.startswith("c."))]

    assert made.height > 0
    assert min(Counter(made.select(names).iter_rows()).values()) >= MINIMUM
    assert not {"language", "unit", "service"} & set(made.columns)
    assert set(made["record"]) <= set(frame["record"])
    kept = frame.join(made.select("record"), on="record", how="semi").sort("record")
    assert kept.select(pl.col(r"^a\..*$")).equals(made.select(pl.col(r"^a\..*$")))


def test_a_value_stays_or_is_withheld_and_never_changes():
    """A joined stratum apart: no label becomes another one."""
    rng = Random(5)
    crowd, known = random_wave(rng)
    frame = opened(crowd, known, rng)[1]
    made = join_labels(frame, known).frame.join(frame, on="record", suffix="_before")
    for name in ("agency", "mode", "c.sex", "c.age", "c.told_by"):
        same = pl.col(name).eq_missing(pl.col(f"{name}_before")) | (pl.col(name) == "")
        assert made.select(same.all()).item(), name


def test_stratum_and_unit_are_looked_at_together():
    """Each alone has ten; of the unit in both strata there are seven and nine: it is not named."""
    made = labelled(
        [*people("kab-x.internal.a", "Satu", 20), *people("kab-x.internal.a", "Dua", 7),
         *people("kab-x.internal.b", "Dua", 9), *people("kab-x.internal.b", "Tiga", 12)],
        strata(a=100, b=100),
    )  # fmt: skip
    found = Counter(made.frame.select("stratum", "area").iter_rows())

    assert found == {
        ("kab-x.internal.a", "Satu"): 17,
        ("kab-x.internal.a", ""): 10,
        ("kab-x.internal.b", "Tiga"): 11,
        ("kab-x.internal.b", ""): 10,
    }


def test_a_unit_is_named_where_most_of_its_answers_are():
    """Four of 34 stand in another stratum: they lose the name, with six of the unit beside them."""
    made = labelled(
        [*people("kab-x.internal.a", "Dua", 30), *people("kab-x.internal.a", "Satu", 20),
         *people("kab-x.internal.b", "Dua", 4), *people("kab-x.internal.b", "Tiga", 20)],
        strata(a=100, b=100),
    )  # fmt: skip

    assert Counter(made.frame["area"]) == {"Dua": 30, "Satu": 20, "Tiga": 14, "": 10}


def test_strata_are_joined_by_weight():
    """The small stratum goes with the sibling whose answers weigh the same, not the largest."""
    made = labelled(
        [*people("kab-x.internal.a", "", 40), *people("kab-x.internal.b", "", 4),
         *people("kab-x.internal.c", "", 15)],
        strata(a=80, b=40, c=150),
    )  # fmt: skip

    assert made.merged == {"kab-x.internal.b": "kab-x.internal.c"}


def test_two_small_strata_may_be_enough_together():
    """Then the large one keeps its name, and every weight but theirs."""
    made = labelled(
        [*people("kab-x.internal.a", "", 40), *people("kab-x.internal.b", "", 4),
         *people("kab-x.internal.c", "", 6)],
        strata(a=80, b=40, c=150),
    )  # fmt: skip

    assert made.merged == {"kab-x.internal.b": "kab-x.internal.c"}
    assert Counter(made.frame["stratum"]) == {"kab-x.internal.a": 40, "kab-x.internal.c": 10}


def expert(number, count):
    return people(f"kab-{number}.expert.1", "", count)


def panel(*counts):
    places = {
        f"kab-{n}.expert.1": StratumPlace(f"kab-{n}", "expert", "sample", 20)
        for n in range(len(counts))
    }
    return labelled([one for n, count in enumerate(counts) for one in expert(n, count)], places)


def test_small_agencies_stay_together_without_a_name():
    """Four and seven experts are eleven of no agency; nobody is left out."""
    made = panel(12, 4, 7)

    assert Counter(made.frame["agency"]) == {"kab-0": 12, "": 11}
    assert made.few == [("kab-1", "expert", "sample"), ("kab-2", "expert", "sample")]
    assert (made.unnamed, made.left_out) == (11, 0)


def test_too_few_to_stay_together_are_left_out():
    """Four alone: the other agency keeps its name, and its index."""
    made = panel(12, 4)

    assert Counter(made.frame["agency"]) == {"kab-0": 12}
    assert (made.few, made.left_out) == ([("kab-1", "expert", "sample")], 4)


def test_nothing_of_language_is_left():
    """Who answered in English is nobody's business."""
    crowd, known = random_wave(Random(3))
    columns = opened(crowd, known, Random(3))[1].columns

    assert "language" not in columns


def test_the_report_tells_no_small_number():
    """Joined labels by name, numbers of people only where they are ten or more."""
    crowd = [*expert(0, 12), *expert(1, 4), *people("kab-0.internal.1", "Satu", 30),
             *people("kab-0.internal.1", "", 3, mode="assisted")]  # fmt: skip
    places = {
        "kab-0.expert.1": StratumPlace("kab-0", "expert", "sample", 20),
        "kab-1.expert.1": StratumPlace("kab-1", "expert", "sample", 20),
        "kab-0.internal.1": StratumPlace("kab-0", "internal", "sample", 90),
    }
    known = facts(places)
    made = extract_of(opened(crowd, known, Random(1))[1], known)
    report = made.report()

    assert report["left_out"] == "<10"
    assert report["modes"] == {"assisted": "<10", "web": "10+"}
    assert report["answers"] == {"expert": 16, "internal": 33}
    assert "<10 are left out" in " ".join(made.lines())
    assert not [line for line in made.lines() if "kab-" in line]


@pytest.mark.parametrize(
    ("counts", "told"),
    [
        ({"a": 0, "b": 30}, {"a": "0", "b": 30}),
        ({"a": 3, "b": 30}, {"a": "<10", "b": "10+"}),
        ({"a": 3, "b": 8, "c": 30}, {"a": "<10", "b": "<10", "c": 30}),
        ({"a": 3, "b": 12, "c": 30}, {"a": "<10", "b": "10+", "c": 30}),
    ],
)
def test_no_small_count_follows_from_the_total(counts, told):
    """What is hidden is ten or more together, or nothing is."""
    assert counts_shown(counts, 10) == told


def test_the_writer_refuses_what_the_joining_let_through(monkeypatch):
    """The look at the finished file is another program than the one that joined."""
    crowd = [*people("kab-x.internal.a", "Satu", 9), *people("kab-x.internal.a", "Dua", 12)]
    known = facts(strata(a=90))
    frame = opened(crowd, known, Random(1))[1]
    honest = making.join_labels

    def forgetful(records, given):
        return honest(records, replace(given, minimum=9))

    monkeypatch.setattr(making, "join_labels", forgetful)
    assert Counter(forgetful(frame, known).frame["area"]) == {"Satu": 9, "Dua": 12}
    with pytest.raises(NamesPeople):
        extract_of(frame, known)


def file_of(**columns):
    out = io.BytesIO()
    pl.DataFrame({"record": [str(n) for n in range(20)]} | columns).write_parquet(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("columns", "refused"),
    [
        ({"unit": ["a"] * 20}, False),
        ({"unit": ["a"] * 10 + ["b"] * 10}, False),
        ({"unit": ["a"] * 11 + ["b"] * 9}, True),
        ({"unit": ["a"] * 10 + ["b"] * 10, "mode": ["x", "y"] * 10}, True),
        ({"unit": ["a"] * 19 + [None]}, True),
        ({"anything": [1.5] * 11 + [2.5] * 9}, True),
        ({"unit": ["a"] * 20, "a.tug1": list(range(20)), "n.tug1": [True] + [False] * 19}, False),
        ({"n.lay5": [True] + [False] * 19}, True),
    ],
)
def test_the_inspection_counts_every_combination(columns, refused):
    """A column that it does not know is a label; answers are not."""
    content = file_of(**columns)
    if not refused:
        assert inspect(content, 10, ["lay5"]).smallest >= 10
        return
    with pytest.raises(NamesPeople, match="fewer than 10"):
        inspect(content, 10, ["lay5"])


def test_an_item_that_only_some_are_asked_does_not_tell_who_they_are():
    """Vendors alone are asked of tenders: where the role is withheld, so is who was asked."""
    crowd = people("kab-x.external.1", "", 24)
    places = {"kab-x.external.1": StratumPlace("kab-x", "external", "sample", 99)}
    known = facts(places)
    frame = opened(crowd, known, Random(1))[1]
    vendors = pl.int_range(pl.len()) < 4
    # All alike but for the role: else a class of ten who are all no vendors may keep theirs.
    frame = frame.with_columns(pl.lit("same").alias(name) for name in unscored(known.instruments))
    frame = frame.with_columns(
        pl.when(vendors).then(pl.lit("business")).otherwise(pl.lit("person")).alias("c.role"),
        pl.when(vendors).then(3.0).otherwise(None).alias("a.lay5"),
        (~vendors).alias("n.lay5"),
    )
    known = replace(known, instruments=[asked_of_vendors(sheet) for sheet in known.instruments])
    made = extract_of(frame, known)
    out = pl.read_parquet(io.BytesIO(made.content))

    assert routed(known.instruments) == {"lay5": "c.role"}
    assert "n.lay5" in made.inspected.labels
    assert set(out["c.role"]) == {""}
    assert out["a.lay5"].null_count() == 24
    assert out["n.lay5"].all()


def asked_of_vendors(sheet):
    def changed(item):
        vendors = Condition("role", ("business",))
        return replace(item, only_if=vendors) if item.code == "lay5" else item

    sections = [
        replace(section, items=tuple(map(changed, section.items))) for section in sheet.sections
    ]
    return replace(sheet, sections=tuple(sections))


def test_without_counts_of_people_the_effect_is_not_known():
    """And the transcript says so, instead of nothing."""
    crowd = [*people("kab-x.internal.a", "", 40), *people("kab-x.internal.b", "", 4)]
    known = facts(strata(a=None, b=None))
    frame = opened(crowd, known, Random(1))[1]
    made = extract_of(frame, known)

    assert effect_of(frame, join_labels(frame, known), known).bounds is None
    assert made.report()["joining"] is None
    assert "is not known: the box was exported without" in made.lines()[-1]
