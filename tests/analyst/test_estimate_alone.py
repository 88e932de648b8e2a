"""``espi estimate``: each statistic by itself, shares at the ends, groups without answers."""

from __future__ import annotations

import csv
import io

import polars as pl
import pytest
from click.testing import CliRunner

from espi.analyst.estimate.commands import estimate
from espi.site.cli import main
from tests.analyst.test_estimate import BASE, SAMPLE, rows, run
from tests.method.golden import GOLDEN

TRIALS = GOLDEN.parents[2] / "shared" / "data" / "trials" / "files" / "e"
needs_trials = pytest.mark.skipif(not TRIALS.exists(), reason="../shared/data/trials is absent")


@pytest.fixture
def table(tmp_path):
    """Return a function that writes rows as a CSV file."""

    def write(*lines):
        path = tmp_path / "table.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("by", [(), ("--by", "domain")])
@pytest.mark.parametrize(
    ("stat", "of"),
    [("mean", "y"), ("total", "y"), ("ratio:x", "y"), ("quantile:0.5", "y"), ("share", "domain")],
)
def test_every_statistic_alone(stat, of, by):
    """What works beside others works by itself, whole and by domain."""
    found = rows(SAMPLE, *BASE, "--of", of, "--stat", stat, *by)["rows"]

    assert {row["stat"] for row in found} == {stat}
    assert all(row["estimate"] is not None for row in found)


def test_a_group_without_answers_is_named(table):
    """It has n 0 and no number, for every statistic."""
    path = table("unit,w,y", "a,1.5,3", "a,2,4", "b,1,", "b,2,NA")
    found = rows(path, "--weight", "w", "--of", "y", "--by", "unit", "--stat", "mean",
                 "--stat", "quantile:0.5", "--lonely", "certainty")["rows"]  # fmt: skip
    empty = [row for row in found if row["by"]["unit"] == "b"]

    assert [(row["n"], row["estimate"], row["se"], row["ci_low"]) for row in empty] == [
        (0, None, None, None)
    ] * 2


def test_the_bootstrap_of_a_quantile_passes_a_group_without_answers(table):
    """The other groups keep their errors; the empty one has none."""
    path = table("unit,w,y", "a,1.5,3", "a,2,4", "a,2,9", "b,1,", "b,2,NA")
    full, empty = rows(path, "--weight", "w", "--of", "y", "--by", "unit", "--stat",
                       "quantile:0.5", "--variance", "bootstrap:20")["rows"]  # fmt: skip

    assert full["se"] > 0
    assert (empty["n"], empty["estimate"], empty["se"]) == (0, None, None)


def test_the_bootstrap_names_a_remedy_for_lonely_strata_that_helps(table):
    """No rule for lonely strata gives a resample of one unit; the Taylor variance has rules."""
    path = table("h,w,y", "a,2,1", "a,2,3", "b,2,5")
    result = run(path, "--strata", "h", "--weight", "w", "--of", "y", "--variance", "bootstrap:9",
                 "--lonely", "certainty")  # fmt: skip

    assert result.exit_code == 1
    assert "no variance: 'b'" in " ".join(result.output.split())
    assert "use --variance taylor and say" in " ".join(result.output.split())


def test_labels_stay_as_people_wrote_them(table):
    """Whole numbers are numbers; whatever only looks like one is text."""
    labels = ["5", "-5", "0", "--5", "05", "²"]
    path = table("unit,w,y", *(f"{label},1,{n}" for label in labels for n in (1, 2)))
    result = rows(path, "--weight", "w", "--of", "y", "--by", "unit")["rows"]

    assert {row["by"]["unit"] for row in result} == {5, -5, 0, "--5", "05", "²"}


def test_a_date_is_a_label_too(tmp_path):
    """Every form prints it as text."""
    path = tmp_path / "dates.parquet"
    days = ["2026-07-01"] * 2 + ["2026-07-02"] * 2
    frame = pl.DataFrame({"day": days, "w": [1.0] * 4, "y": [1.0, 2, 3, 5]})
    frame.with_columns(pl.col("day").str.to_date()).write_parquet(path)
    result = rows(path, "--weight", "w", "--of", "y", "--by", "day")["rows"]

    assert [row["by"]["day"] for row in result] == ["2026-07-01", "2026-07-02"]


def test_a_share_of_all_or_none_is_exact_and_has_an_interval(table):
    """Weights that do not add up without rounding do not make 1 a little less than 1."""
    weights = [6.8908, 6.1318, 5.8831, 6.0398, 0.1, 0.7, 12.33]
    path = table(
        "unit,w,y", *(f"{u},{w},{y}" for u, y in (("all", 1), ("none", 0)) for w in weights)
    )
    found = {row["by"]["unit"]: row for row in rows(
        path, "--weight", "w", "--of", "y", "--stat", "share", "--by", "unit")["rows"]}  # fmt: skip

    assert (found["all"]["estimate"], found["all"]["se"], found["all"]["ci_high"]) == (1, 0, 1)
    assert (found["none"]["estimate"], found["none"]["se"], found["none"]["ci_low"]) == (0, 0, 0)
    assert 0.4 < found["all"]["ci_low"] < 0.7
    assert found["none"]["ci_high"] == pytest.approx(1 - found["all"]["ci_low"])


@pytest.mark.parametrize("twice", [("--psu", "a", "--psu", "b"), ("--of", "y", "--of", "x")])
def test_an_option_given_twice_is_refused(twice):
    """The last one would win without a word: one stage of clusters where two were drawn."""
    result = run(SAMPLE, *BASE, "--of", "y", *twice)

    assert result.exit_code == 2
    assert f"{twice[0]} is given" in result.output


def test_so_it_is_with_every_command():
    """The rule is wired where commands are, not in each."""
    words = ["bundle", "verify", str(SAMPLE), "--digest", "aa", "--digest", "bb"]
    result = CliRunner().invoke(main, words)

    assert result.exit_code == 2
    assert "--digest is given 2 times" in result.output


def test_an_option_that_may_be_repeated_is_taken():
    """``--stat`` names as many statistics as one likes."""
    assert estimate.params
    assert len(rows(SAMPLE, *BASE, "--of", "y", "--stat", "mean", "--stat", "total")["rows"]) == 2


def test_two_columns_of_one_name_are_refused(table):
    """Which one was meant cannot be known."""
    result = run(table("w,y,y", "1,2,3", "1,3,4"), "--weight", "w", "--of", "y")

    assert result.exit_code == 1
    assert "more than one column is named 'y'" in result.output


@needs_trials
def test_trial_e12_shares_at_the_edge():
    """Badan Keuangan 33 of 33, Dinas Pendidikan 0 of 35."""
    result = run(TRIALS / "E12-share-edge.csv", "--strata", "lapis", "--weight", "bobot",
                 "--of", "ya", "--stat", "share", "--by", "unit", "--format", "csv")  # fmt: skip
    found = {row["unit"]: row for row in csv.DictReader(io.StringIO(result.stdout))}

    assert float(found["Badan Keuangan"]["ci_low"]) < 1
    assert float(found["Dinas Pendidikan"]["ci_high"]) > 0


@needs_trials
def test_trial_e03_an_empty_group_is_listed():
    """Badan Keuangan has no value in the column."""
    found = rows(TRIALS / "E03-empty-domain.csv", "--strata", "lapis", "--weight", "bobot",
                 "--of", "nilai", "--by", "unit")["rows"]  # fmt: skip

    assert [
        (row["n"], row["estimate"]) for row in found if row["by"]["unit"] == "Badan Keuangan"
    ] == [(0, None)]
