"""``espi estimate`` for statisticians: every number beside R's, on designs no fixture holds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from tests.analyst.test_estimate import random_design, rows
from tests.method import r

HERE = Path(__file__).parent
DESIGN = ["--strata", "h", "--psu", "psu", "--weight", "w"]
CLUSTERS = [*DESIGN, "--fpc", "clusters"]
ALL = {"mean": "mean", "total": "total", "ratio": "ratio:x", "north": "mean"}


def pairs(seed):
    """Return a file with two clusters in each of seven strata."""
    rng = np.random.default_rng(seed)
    made = []
    for psu in range(14):
        level = rng.normal(60, 10)
        made += [
            {
                "h": f"h{psu // 2}", "psu": psu, "w": round(rng.uniform(2, 40), 4),
                "y1": round(rng.normal(level, 12), 4), "x": round(rng.uniform(20, 90), 4),
                "d": str(rng.choice(["north", "south", "west"])),
            }
            for _person in range(int(rng.integers(3, 9)))
        ]  # fmt: skip
    return pl.DataFrame(made)


def survey(seed):
    """Return the random design with a second stage, fractions, halves and weights of zero."""
    rng = np.random.default_rng(seed)
    frame = random_design(seed).with_row_index("person")
    drawn = pl.col("psu").n_unique().over("h")
    sizes = pl.len().over("psu")
    return frame.with_columns(
        fraction=drawn / pl.col("clusters"),
        persons=sizes + pl.col("psu") % 5 + 1,
        half=pl.Series(rng.choice(["a", "b"], frame.height)),
        w0=pl.when(pl.col("person") % 5 == 0).then(0.0).otherwise(pl.col("w")),
    ).filter((pl.len().over("psu") > 1) & (pl.len().over("half", "d") > 1))


@pytest.fixture(scope="module", params=[12])
def trial(request, tmp_path_factory):
    """Return a folder with the files, and R's numbers by their names."""
    r.need_survey()
    folder = tmp_path_factory.mktemp("statistician")
    survey(request.param).write_csv(folder / "survey.csv")
    pairs(request.param).write_csv(folder / "pairs.csv")
    lines = [json.loads(line) for line in r.run(HERE / "statistician.R", folder).splitlines()]
    frame = pl.read_csv(folder / "survey.csv")
    people = float(frame["w"].sum())
    totals = [
        ("d", "north", people * (1.03 - 0.7)), ("d", "south", people * 0.4),
        ("d", "west", people * 0.3), ("x", "", people * 56),
    ]  # fmt: skip
    text = "\n".join(f"{name},{category},{total!r}" for name, category, total in totals)
    (folder / "margins.csv").write_text(f"variable,category,total\n{text}\n")
    return folder, {line.pop("case"): line for line in lines}


def agree(found, wanted):
    for name, number in wanted.items():
        assert found[name] == pytest.approx(number, rel=1e-9), (name, found)


def agree_in_all(folder, wanted, case, words, file="survey.csv"):
    """Mean, total and ratio of all, and the mean of one domain."""
    stats = [word for stat in ("mean", "total", "ratio:x") for word in ("--stat", stat)]
    words = [*words, "--of", "y1", *stats]
    whole = {row["stat"]: row for row in rows(folder / file, *words)["rows"]}
    by = {
        (row["by"]["d"], row["stat"]): row
        for row in rows(folder / file, *words, "--by", "d")["rows"]
    }
    for name, stat in ALL.items():
        found = by["north", "mean"] if name == "north" else whole[stat]
        agree(found, wanted[f"{case}.{name}"])
    return by


@pytest.mark.parametrize(
    ("case", "words"),
    [
        ("fraction", [*DESIGN, "--fpc", "fraction"]),
        ("crossed", ["--strata", "half,d", "--weight", "w"]),
        ("where", [*CLUSTERS, "--where", "x>=40", "--where", "half!=b"]),
        ("where", [*CLUSTERS, "--where", "x>=40", "--where", "half=a|c"]),
        ("zero", [*DESIGN[:-1], "w0", "--fpc", "clusters"]),
        ("stages", [*CLUSTERS, "--ssu", "person", "--fpc2", "persons"]),
        ("trimmed", [*CLUSTERS, "--trim", "4:30"]),
        ("jackknife", [*CLUSTERS, "--variance", "jackknife"]),
    ],
)
def test_designs_and_subpopulations_are_those_of_r(trial, case, words):
    """Fractions, crossed strata, subpopulations, zero weights, two stages (M23, M50, M53, M54)."""
    agree_in_all(*trial, case, words)


@pytest.mark.parametrize("distance", ["linear", "raking", "logit:0.2:4"])
def test_calibrated_estimates_are_those_of_r(trial, distance):
    """Counts and a sum at once, by each distance; quantiles too (M21, M22)."""
    folder, wanted = trial
    words = [*CLUSTERS, "--margins", folder / "margins.csv", "--calibrate", distance]
    case = f"calibrated.{distance.partition(':')[0]}"
    agree_in_all(folder, wanted, case, words)
    [found] = rows(folder / "survey.csv", *words, "--of", "y1", "--stat", "quantile:0.4")["rows"]
    agree(found, wanted[f"{case}.quantile"])


def test_calibration_goes_with_two_stages_and_with_replicates(trial):
    """The residual is of both stages; every replicate is calibrated like the sample (M22, M52)."""
    folder, wanted = trial
    margins = [*CLUSTERS, "--margins", folder / "margins.csv"]
    stages = ["--calibrate", "linear", "--ssu", "person", "--fpc2", "persons"]
    agree_in_all(folder, wanted, "calibrated.stages", [*margins, *stages])
    agree_in_all(folder, wanted, "jackknife.calibrated", [*margins, "--variance", "jackknife"])


@pytest.mark.parametrize(
    ("case", "words"),
    [("brr", ["brr"]), ("brr.estimate", ["brr", "--centre", "estimate"]), ("fay", ["fay:0.3"])],
)
def test_half_samples_are_those_of_r(trial, case, words):
    """The same Hadamard matrix, and the same scale (M52)."""
    agree_in_all(*trial, case, [*DESIGN, "--variance", *words], file="pairs.csv")


@pytest.mark.parametrize(
    ("case", "file", "columns", "words"),
    [
        ("jkn", "replicates.csv", "j*", ["jkn"]),
        ("bootstrap", "replicates.csv", "b*", ["bootstrap"]),
        ("jk1", "replicates.csv", "b*", ["jk1"]),
        ("sdr", "replicates.csv", "b*", ["sdr"]),
        ("brr", "halves.csv", "h*", ["brr"]),
        ("fay", "halves.csv", "f*", ["fay:0.3"]),
        ("fay.estimate", "halves.csv", "f*", ["fay:0.3", "--centre", "estimate"]),
    ],
)
def test_supplied_replicates_give_the_numbers_of_r(trial, case, file, columns, words):
    """By every kind, with R's degrees of freedom, whole and by domain (M52)."""
    folder, wanted = trial
    words = ["--weight", "w", "--replicates", columns, "--variance", *words]
    if case == "jkn":
        words += ["--factors", ",".join(map(repr, wanted["factors"]["values"]))]
    by = agree_in_all(folder, wanted, f"supplied.{case}", words, file=file)
    [whole] = rows(folder / file, *words, "--of", "y1")["rows"]
    degrees = wanted[f"supplied.{case}.df"]

    assert (whole["df"], by["north", "mean"]["df"]) == (degrees["df"], degrees["north"])


def test_shares_of_a_text_are_those_of_r(trial):
    """One row for each value, with every kind of interval at another level (M10, M51)."""
    folder, wanted = trial
    words = [*CLUSTERS, "--of", "d", "--stat", "share"]
    for row in rows(folder / "survey.csv", *words)["rows"]:
        agree(row, wanted[row["stat"].replace(":", ".")])
    for kind, method in (("logit", "xlogit"), ("korn-graubard", "beta"), ("t", "mean")):
        more = ["--interval", kind, "--level", "90"]
        for row in rows(folder / "survey.csv", *words, *more)["rows"]:
            agree(row, wanted[f"interval.{method}.{row['stat'].partition(':')[2]}"])


def test_design_effects_with_replacement_and_normal_intervals(trial):
    """R's ``deff = "replace"``, and ``confint`` without degrees of freedom (M10, M18)."""
    folder, wanted = trial
    words = [*CLUSTERS, "--of", "y1", "--stat", "mean", "--stat", "total", "--deff", "replace"]
    answer = rows(folder / "survey.csv", *words, "--interval", "normal", "--level", "0.8")
    for row in answer["rows"]:
        agree(row, wanted[f"replace.{row['stat']}"])

    assert answer["design"]["interval"] == "80 %, normal"
    assert "with replacement" in answer["design"]["deff"]


def test_differences_between_domains_are_those_of_r(trial):
    """Estimate, error, covariance, and for means the t test (M55)."""
    folder, wanted = trial
    words = [*CLUSTERS, "--of", "y1", "--by", "d", "--compare", "--stat", "mean", "--stat", "total"]
    found = rows(folder / "survey.csv", *words)["differences"]

    assert len(found) == 6
    for row in found:
        name = f"difference.{row['stat']}.{row['first']['d']}.{row['second']['d']}"
        agree(row, wanted[name])
        assert row["p_adjusted"] >= row["p"]
