"""``espi estimate``: R's numbers on unseen designs, and refusals that help (M6 to M20)."""

from __future__ import annotations

import csv
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from click.testing import CliRunner

from espi.analyst.estimate.commands import estimate
from tests.method import r
from tests.method.golden import GOLDEN

HERE = GOLDEN.parent / "method"
SAMPLE = GOLDEN / "sample.csv"
BASE = ["--strata", "stratum", "--weight", "weight"]


def run(path, *words):
    return CliRunner().invoke(estimate, [str(path), *map(str, words)])


def rows(path, *words):
    result = run(path, *words, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def random_design(seed):
    """Return a file unequal in everything: strata, clusters, weights, domains, missing answers."""
    rng = np.random.default_rng(seed)
    made, psu = [], 0
    for h in range(int(rng.integers(3, 7))):
        drawn = int(rng.integers(2, 7))
        clusters = drawn + int(rng.integers(0, 30))
        people = int(rng.integers(200, 900))
        for _cluster in range(drawn):
            psu += 1
            level = rng.normal(60, 10)
            made += [
                {
                    "h": f"h{h}", "psu": psu, "clusters": clusters, "people": people,
                    "w": round(rng.uniform(2, 40), 4), "y1": round(rng.normal(level, 12), 4),
                    "y2": None if rng.random() < 0.2 else round(rng.exponential(level), 4),
                    "x": round(rng.uniform(20, 90), 4),
                    "d": str(rng.choice(["north", "south", "west"])),
                }
                for _person in range(int(rng.integers(2, 12)))
            ]  # fmt: skip
    return pl.DataFrame(made)


@pytest.mark.parametrize("psu", ["-", "psu"])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_agrees_with_r_on_a_design_the_fixtures_do_not_contain(tmp_path, seed, psu):
    """Means, totals, ratios, quantiles, errors, design effects, df and intervals, by domain too."""
    r.need_survey()
    path = tmp_path / "survey.csv"
    random_design(seed).write_csv(path)
    words = ["--strata", "h", "--weight", "w", "--of", "y1,y2"]
    words += ["--psu", "psu", "--fpc", "clusters"] if psu == "psu" else ["--fpc", "people"]
    for stat in ("mean", "total", "ratio:x", "quantile:0.4"):
        words += ["--stat", stat]
    ours = {}
    for by in ([], ["--by", "d"]):
        for row in rows(path, *words, *by)["rows"]:
            ours[row["stat"], row["by"].get("d", "all"), row["of"]] = row
    theirs = [json.loads(line) for line in r.run(HERE / "random_design.R", path, psu).splitlines()]

    assert len(theirs) == len(ours) == 32
    for wanted in theirs:
        found = ours[wanted["stat"], wanted["by"], wanted["of"]]
        for name in set(wanted) - {"stat", "by", "of"}:
            assert found[name] == pytest.approx(wanted[name], rel=1e-9), (wanted, name)


def test_every_kind_of_file_gives_the_same(tmp_path):
    """CSV, Parquet and SPSS hold the same numbers."""
    frame = pl.read_csv(SAMPLE, null_values="")
    frame.write_parquet(tmp_path / "s.parquet")
    import pyreadstat

    pyreadstat.write_sav(frame.to_pandas(), str(tmp_path / "s.sav"))
    shutil.copy(SAMPLE, tmp_path / "s.csv")
    words = [*BASE, "--fpc", "people", "--of", "y,z", "--by", "domain", "--stat", "mean"]
    found = [rows(tmp_path / f"s.{kind}", *words)["rows"] for kind in ("csv", "parquet", "sav")]

    assert len(found[0]) == 4
    assert [row["by"]["domain"] for row in found[0]] == [0, 1, 0, 1]
    for other in found[1:]:
        assert [row["estimate"] for row in other] == pytest.approx(
            [row["estimate"] for row in found[0]]
        )
        assert [row["se"] for row in other] == pytest.approx([row["se"] for row in found[0]])


def test_shares_have_their_own_interval(tmp_path):
    """Zeros and ones, or true and false: Korn–Graubard, within 0–1 (M10)."""
    frame = pl.read_csv(SAMPLE, null_values="").with_columns(
        (pl.col("y") > 60).alias("high"), (pl.col("y") > -1).cast(pl.Int8).alias("all")
    )
    frame.write_parquet(tmp_path / "s.parquet")
    words = [*BASE, "--fpc", "people", "--of", "high,all", "--stat", "share"]
    high, everyone = rows(tmp_path / "s.parquet", *words)["rows"]
    wanted = json.loads((GOLDEN / "golden.json").read_text())["elements.share"]

    for name, key in (("estimate", "value"), ("se", "se"), ("ci_low", "low"), ("ci_high", "high")):
        assert high[name] == pytest.approx(wanted[key], rel=1e-9)
    assert (everyone["estimate"], everyone["ci_high"]) == (1, 1)
    assert everyone["ci_low"] < 1


def test_the_bootstrap_is_near_the_linearisation_and_repeats():
    """Same seed, same numbers to twelve digits; another seed, nearly the same (M20)."""
    words = [*BASE, "--fpc", "people", "--of", "y", "--stat", "mean", "--stat", "quantile:0.5"]
    words += ["--by", "domain"]
    taylor = rows(SAMPLE, *words)["rows"]
    first, again, other = (
        rows(SAMPLE, *words, "--variance", "bootstrap:600", "--seed", seed)["rows"]
        for seed in (1, 1, 2)
    )

    for one, two, three in zip(first, again, other, strict=True):
        assert two["se"] == pytest.approx(one["se"], rel=1e-12)
        assert three["se"] != pytest.approx(one["se"], rel=1e-6)
    for one, two in zip(taylor, first, strict=True):
        assert one["estimate"] == two["estimate"]
        assert two["se"] == pytest.approx(one["se"], rel=0.4 if "quantile" in one["stat"] else 0.12)


def test_a_table_and_a_csv_say_the_same():
    """Three forms of one answer, for people, spreadsheets and programs."""
    words = [*BASE, "--psu", "psu", "--fpc", "clusters", "--of", "y", "--by", "domain"]
    [first, *_] = rows(SAMPLE, *words)["rows"]
    table = run(SAMPLE, *words).output
    [line, *_] = csv.DictReader(io.StringIO(run(SAMPLE, *words, "--format", "csv").output))

    assert f"{first['estimate']:.4f}" in table
    assert float(line["se"]) == first["se"]
    assert line["domain"] == "0"


def test_a_csv_for_excel_in_indonesia_says_the_same():
    """Semicolons between cells and commas in numbers, nothing else differs."""
    words = [*BASE, "--of", "y", "--by", "domain"]
    points = csv.reader(io.StringIO(run(SAMPLE, *words, "--format", "csv").output))
    excel = run(SAMPLE, *words, "--format", "excel").output
    commas = csv.reader(io.StringIO(excel.removeprefix("\ufeff")), delimiter=";")

    for theirs, ours in zip(points, commas, strict=True):
        assert [cell.replace(",", ".") for cell in ours] == theirs


def test_a_label_in_a_csv_is_no_formula(tmp_path):
    """Neither of a domain nor of a column, also where a spreadsheet separates by semicolons."""
    path = write(tmp_path, "h,w,y,=d\na,2,1,x;=1+1\na,2,3,x;=1+1\na,2,5,-cmd\na,2,4,-cmd\n")
    output = run(path, "--weight", "w", "--of", "y", "--by", "=d", "--format", "csv").output

    assert output.splitlines()[0].startswith('"\'=d",')
    assert sorted(line.split(",")[0] for line in output.splitlines()[1:]) == [
        '"\'-cmd"',
        '"x;\'=1+1"',
    ]


def write(tmp_path, text, name="f.csv"):
    path = tmp_path / name
    path.write_text(text)
    return path


GOOD = "h,w,y,N\na,2,1,9\na,2,3,9\nb,1.5,2,5\nb,1.5,5,5\n"


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        (("y", "y"), ["--of", "z"], "No column 'z' in the file. It has: h, w, y, N."),
        ((",3,", ",three,"), [], "Column 'y' must hold numbers. Not so in row 3: 'three'."),
        ((",3,", ',"3,5",'), [], "Write numbers with a decimal point"),
        (("a,2,1", "a,-2,1"), [], "weights, zero or more. Not so in row 2"),
        (("a,2,1", "a,,1"), [], "Column 'w' has no value in row 2"),
        (("a,2,1", ",2,1"), [], "Column 'h' has no value in row 2"),
        (("b,1.5,5,5\n", ""), [], "a single sampled unit have no variance: 'b'"),
        (("b,1.5,5,5\n", ""), ["--lonely", "adjust"], None),
        (("a,2,3,9", "a,2,3,8"), [], "must be one number in a stratum; in 'a' it runs from 8 to 9"),
        ((",9", ",1"), [], "Stratum 'a' has 2 units in the sample and, by its fpc ('N'), 1"),
        (("y", "y"), ["--stat", "share"], "A share needs zeros and ones"),
        (("y", "y"), ["--stat", "median"], "is none of mean, total"),
        (("y", "y"), ["--stat", "quantile:2"], "quantile:0.5"),
        (("y", "y"), ["--variance", "magic"], "neither taylor nor bootstrap"),
        (("y", "y"), ["--of", ","], "names no column"),
        (("y", "y"), ["--seed", "-1"], "-1 is not in the range x>=0"),
        ((GOOD, "h,w,y,N\n"), [], "no rows"),
        ((",5,5", ",5,5,7"), [], "cannot be read"),
        ((",5,5", ",1e999,5"), [], "'y' has a number without end in row 5"),
        ((",2,1", ",inf,1"), [], "'w' has a number without end in row 2"),
    ],
)
def test_bad_input_is_refused_with_the_place_and_the_remedy(tmp_path, change, words, said):
    """What, where and how to mend it; the file is never changed."""
    path = write(tmp_path, GOOD.replace(*change))
    of = [] if "--of" in words else ["--of", "y"]
    result = run(path, "--strata", "h", "--weight", "w", "--fpc", "N", *of, *words)

    if said is None:
        assert result.exit_code == 0
    else:
        assert result.exit_code != 0
        assert said in " ".join(result.output.split())
        assert "Traceback" not in result.output


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_are_seen(tmp_path, separator):
    """Spreadsheets of many countries write semicolons; the numbers are the same."""
    path = write(tmp_path, GOOD.replace(",", separator))
    words = ["--strata", "h", "--weight", "w", "--fpc", "N", "--of", "y"]

    assert rows(path, *words)["rows"] == rows(write(tmp_path, GOOD, "g.csv"), *words)["rows"]


def test_a_ratio_to_nothing_is_no_number(tmp_path):
    """Neither an estimate nor an error, and no failure (M7)."""
    path = write(tmp_path, "w,y,x\n2,1,0\n2,3,0\n")
    [row] = rows(path, "--weight", "w", "--of", "y", "--stat", "ratio:x")["rows"]

    assert (row["estimate"], row["se"], row["ci_low"], row["deff"]) == (None, None, None, None)


def test_other_files_are_refused(tmp_path):
    """The ending says what a file is."""
    said = run(write(tmp_path, GOOD, "f.xls"), "--weight", "w", "--of", "y").output

    assert "must end in .csv, .parquet or .sav" in said
    assert (
        "cannot be read" in run(write(tmp_path, "x", "f.sav"), "--weight", "w", "--of", "y").output
    )
    assert (
        "cannot be read"
        in run(write(tmp_path, "x", "f.parquet"), "--weight", "w", "--of", "y").output
    )


def test_a_column_of_dates_is_not_numbers(tmp_path):
    """A typed file says what its columns hold."""
    path = tmp_path / "f.parquet"
    pl.DataFrame({"w": [1.0, 2.0], "y": ["2026-01-01", "2026-01-02"]}).with_columns(
        pl.col("y").str.to_date()
    ).write_parquet(path)

    assert "Column 'y' holds Date, not numbers" in run(path, "--weight", "w", "--of", "y").output


def test_people_without_a_domain_stay_in_the_design(tmp_path):
    """A missing label belongs to no domain, and its row still counts in its stratum (M7)."""
    frame = pl.DataFrame(
        {"w": [2.0] * 6, "y": [1.0, 2, 3, 4, 5, 9], "d": ["a", "a", "a", "b", "b", None]}
    )
    frame.write_parquet(tmp_path / "f.parquet")
    found = rows(tmp_path / "f.parquet", "--weight", "w", "--of", "y", "--by", "d")

    assert [row["by"]["d"] for row in found["rows"]] == ["a", "b"]
    assert found["design"]["rows_without_domain"] == 1
    assert found["rows"][0]["se"] == pytest.approx(np.sqrt(6 / 5 * 2 / 9))


def test_spark_gives_the_same(tmp_path):
    """The other engine, in local mode: every number to twelve digits."""
    pytest.importorskip("pyspark")
    if not shutil.which("java"):
        pytest.skip("Java is not on this machine (Debian: default-jre-headless)")
    path = tmp_path / "survey.csv"
    random_design(9).write_csv(path)
    words = ["--strata", "h", "--psu", "psu", "--weight", "w", "--fpc", "clusters", "--of", "y1,y2"]
    words += ["--by", "d", "--stat", "mean", "--stat", "ratio:x", "--stat", "total"]
    ours = rows(path, *words)["rows"]
    theirs = rows_in_another_process(path, *words, "--engine", "spark")

    assert len(ours) == len(theirs) == 18
    for one, two in zip(ours, theirs, strict=True):
        assert one["by"] == two["by"]
        for name in ("estimate", "se", "ci_low", "n", "deff", "df"):
            assert two[name] == pytest.approx(one[name], rel=1e-12)
    refused = run(path, *words, "--engine", "spark", "--stat", "quantile:0.5")
    assert "use --engine polars" in refused.output


def rows_in_another_process(path, *words):
    """Spark speaks on the standard error of its process; the answer is on the standard output."""
    command = [Path(sys.executable).with_name("espi"), "estimate", str(path), *words]
    done = subprocess.run(
        [*command, "--format", "json"], capture_output=True, check=True, text=True
    )
    return json.loads(done.stdout)["rows"]
