"""Numbers that stand in print or in R's own tests, from the command line (docs/method, M8 to M55).

R's data belong to its package and are read from it; the sample of tests/golden is our own.
"""

from __future__ import annotations

import polars as pl
import pytest

from tests.analyst.test_estimate import SAMPLE, rows
from tests.method import r
from tests.method.golden import GOLDEN, numbers

OWN = numbers()
FPC_ROWS = [  # Stata's example: stratum, weight, people, x
    *[(1, 3, 15, x) for x in (2.8, 4.1, 6.8, 6.8, 9.2)],
    *[(2, 4, 12, x) for x in (3.7, 6.6, 4.2)],
]
CLUS1 = ["--psu", "dnum", "--fpc", "fpc", "--weight", "pw"]
STRAT = ["--strata", "stype", "--fpc", "fpc", "--weight", "pw"]
TYPES = "stype,E,4421\nstype,H,755\nstype,M,1018\n"
WIDE = "sch.wide,No,1072\nsch.wide,Yes,5122\n"
SCORES = "api99,,3914069\n"


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Return a folder with R's own data."""
    r.need_survey()
    folder = tmp_path_factory.mktemp("api")
    r.run(GOLDEN / "export_api.R", folder)
    return folder


def only(path, *words, of="api00", stat="mean"):
    [row] = rows(path, *words, "--of", of, "--stat", stat)["rows"]
    return row


def is_near(row, estimate, se, rel=2e-9):
    assert (row["estimate"], row["se"]) == (
        pytest.approx(estimate, rel=rel), pytest.approx(se, rel=rel)
    )  # fmt: skip


@pytest.mark.parametrize(
    ("words", "estimate", "se"),
    [
        ([], 5.448148118, 0.7412683268),
        (["--fpc", "people"], 5.448148118, 0.6160407198),
        (["--fpc", "drawn"], 5.448148118, 0.6160407198),
        (["--where", "x>4"], 6.195, 0.7555129),
        (["--where", "x<=4"], 3.314286, 0.3117042),
    ],
)
def test_the_eight_rows_of_stata(tmp_path, words, estimate, se):
    """With the population as a count and as a fraction, whole and in part (M8, M50, M53)."""
    frame = pl.DataFrame(FPC_ROWS, ["h", "w", "people", "x"], orient="row")
    frame.with_columns(drawn=pl.len().over("h") / pl.col("people")).write_csv(tmp_path / "f.csv")
    row = only(tmp_path / "f.csv", "--strata", "h", "--weight", "w", *words, of="x")

    is_near(row, estimate, se, rel=2e-7)


@pytest.mark.parametrize("distance", ["linear", "raking", "logit:0.3:3"])
def test_our_own_sample_calibrated(tmp_path, distance):
    """To the number of persons and two sums; the golden numbers stand without R (M21, M22)."""
    people = pl.read_csv(SAMPLE)["weight"].sum()
    margins = tmp_path / "margins.csv"
    margins.write_text(
        f"variable;category;total\n*;;{people * 1.02!r}\ndomain;;{people * 0.4!r}\n"
        f"x;;{str(people * 51).replace('.', ',')}\n"
    )
    words = ["--strata", "stratum", "--weight", "weight", "--fpc", "people"]
    words += ["--margins", margins, "--calibrate", distance]
    name = distance.partition(":")[0]
    for stat, key in (("mean", name), ("total", f"{name}_total")):
        wanted = OWN[f"elements.{key}"]
        is_near(only(SAMPLE, *words, of="y", stat=stat), wanted["value"], wanted["se"])


def test_our_own_sample_trimmed_and_jackknifed():
    """The functions of the method, from the command line (M20, M23)."""
    words = ["--strata", "stratum", "--weight", "weight"]
    trimmed, jackknife = OWN["trimmed.mean"], OWN["jackknife.clustered"]
    more = ["--fpc", "people", "--trim", "2:12"]
    is_near(only(SAMPLE, *words, *more, of="y"), trimmed["value"], trimmed["se"])
    more = ["--psu", "psu", "--fpc", "clusters", "--variance", "jackknife"]
    is_near(only(SAMPLE, *words, *more, of="y"), jackknife["value"], jackknife["se"])


def test_our_own_sample_compared_and_against_replacement():
    """The t test of two domains with their covariance, and the other design effect (M18, M55)."""
    words = ["--strata", "stratum", "--psu", "psu", "--fpc", "clusters", "--weight", "weight"]
    words += ["--of", "y"]
    [found] = rows(SAMPLE, *words, "--by", "domain", "--compare")["differences"]
    wanted = OWN["clustered.gap_test"]

    assert found["estimate"] == pytest.approx(-wanted["value"], rel=1e-9)
    for name in ("se", "covariance", "df", "p"):
        assert found[name] == pytest.approx(wanted[name], rel=1e-9), name
    [row] = rows(SAMPLE, *words, "--deff", "replace")["rows"]
    assert row["deff"] == pytest.approx(OWN["clustered.replace"]["deff"], rel=1e-9)


@pytest.mark.parametrize(("variance", "name"), [("brr", "brr"), ("fay:0.3", "fay")])
def test_half_samples_of_our_own_sample(tmp_path, variance, name):
    """The first two clusters of each stratum (M52)."""
    frame = pl.read_csv(SAMPLE, null_values="")
    first_two = pl.col("psu").rank("dense").over("stratum") <= 2
    frame.filter(first_two).write_csv(tmp_path / "halves.csv")
    words = ["--strata", "stratum", "--psu", "psu", "--weight", "weight", "--variance", variance]
    wanted = OWN[f"halves.{name}_ratio"]

    is_near(
        only(tmp_path / "halves.csv", *words, of="y", stat="ratio:x"), wanted["value"], wanted["se"]
    )


def test_the_stratified_schools(data):
    """Design effects, intervals, jackknife, a share of a text (M10, M18, M51, M52)."""
    path = data / "apistrat.csv"
    row = only(path, *STRAT)
    is_near(row, 662.2873632, 9.408940803)
    assert (row["deff"], row["ci_low"]) == (
        pytest.approx(1.204457269, rel=1e-9), pytest.approx(643.7321883, rel=1e-9)
    )  # fmt: skip
    row = only(path, *STRAT, "--deff", "replace", "--interval", "normal")
    assert (row["deff"], row["ci_high"]) == (
        pytest.approx(1.165566171, rel=1e-9), pytest.approx(680.7285483, rel=1e-9)
    )  # fmt: skip
    is_near(only(path, *STRAT, "--variance", "jackknife"), 662.2873632, 9.408940803)
    share = {
        kind: only(path, *STRAT, "--interval", kind, of="sch.wide", stat="share:Yes")
        for kind in ("logit", "korn-graubard")
    }
    assert [round(share[k][end], 6) for k in share for end in ("ci_low", "ci_high")] == [
        0.774540, 0.870815, 0.774171, 0.873432,
    ]  # fmt: skip


def test_schools_that_met_their_target_against_the_others(data):
    """The t test of R on the difference of two domains across strata (M55)."""
    words = [*STRAT, "--of", "api00", "--by", "sch.wide", "--compare"]
    [found] = rows(data / "apistrat.csv", *words)["differences"]

    assert found["estimate"] == pytest.approx(-82.78358544, rel=1e-9)
    assert (found["t"], found["df"]) == (pytest.approx(-3.8683819, rel=1e-8), 196)
    assert found["p"] == pytest.approx(0.0001490545, rel=1e-6)


def test_two_stages(data):
    """Districts and schools; labour market regions and municipalities (M54)."""
    words = ["--psu", "dnum", "--ssu", "snum", "--fpc", "fpc1", "--fpc2", "fpc2", "--weight", "pw"]
    is_near(only(data / "apiclus2.csv", *words), 670.8118081, 30.09902738)
    total = only(data / "apiclus2.csv", *words, of="enroll", stat="total")
    is_near(total, 2639272.93, 799637.7736)
    frame = pl.read_csv(data / "mu284.csv")
    clusters, drawn = pl.col("id1").n_unique(), pl.len().over("id1")
    weight = pl.col("n1") / clusters * pl.col("n2") / drawn
    frame.with_columns(w=weight).write_csv(data / "weighted.csv")
    words = ["--psu", "id1", "--ssu", "id2", "--fpc", "n1", "--fpc2", "n2", "--weight", "w"]
    is_near(only(data / "weighted.csv", *words, of="y1", stat="total"), 15080, 2274.254701)


@pytest.mark.parametrize(
    ("variance", "se"),
    [("taylor", 0.0098073036), ("brr", 0.00941840067), ("fay:0.3", 0.009525187478)],
)
def test_half_samples_of_cardiac_arrests(data, variance, se):
    """Six ambulance services in three strata (M52)."""
    frame = pl.read_csv(data / "scd.csv").with_columns(w=pl.lit(1.0))
    frame.write_csv(data / "scd1.csv")
    words = ["--strata", "ESA", "--psu", "ambulance", "--weight", "w", "--variance", variance]
    row = only(data / "scd1.csv", *words, of="alive", stat="ratio:arrests")

    is_near(row, 0.1535063501, se, rel=1e-8)


@pytest.mark.parametrize(
    ("margins", "distance", "estimate", "se"),
    [
        (TYPES, "linear", 642.3107882, 23.92048645),
        (TYPES + WIDE, "raking", 641.2303209, 23.70361689),
        (TYPES + SCORES, "linear", 665.3090712, 3.441753116),
        (TYPES + SCORES, "raking", 665.393796, 3.437753539),
        (TYPES + SCORES, "logit:0.5:2", 665.4148441, 3.428653846),
    ],
)
def test_clusters_of_schools_weighted_to_their_population(data, margins, distance, estimate, se):
    """Post-stratified, raked, regressed, bounded (M21, M22)."""
    path = data / "margins.csv"
    path.write_text(f"variable,category,total\n{margins}")
    words = [*CLUS1, "--margins", path, "--calibrate", distance]

    is_near(only(data / "apiclus1.csv", *words), estimate, se)


def test_a_raked_jackknife(data):
    """R's tests/rakecheck.Rout.save: 641.23, 26.874; R ends its rounds early, so to its digits."""
    path = data / "raked.csv"
    path.write_text(f"variable,category,total\n{TYPES}{WIDE}")
    row = only(data / "apiclus1.csv", *CLUS1, "--margins", path, "--variance", "jackknife")

    assert (row["estimate"], row["se"]) == (
        pytest.approx(641.23, abs=0.01), pytest.approx(26.874, abs=0.01)
    )  # fmt: skip
