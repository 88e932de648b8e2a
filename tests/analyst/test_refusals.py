"""What ``espi estimate`` refuses of a statistician's request: what, where and how to mend it."""

from __future__ import annotations

import pytest

from tests.analyst.test_estimate import rows, run, write

TABLE = (
    "h,c,w,y,N,f,s,g,r1,r2\n"
    "a,1,2,1,9,0.2,1,x,2,0\n"
    "a,2,2,3,9,0.2,1,y,0,4\n"
    "b,1,1.5,2,5,0.4,1,x,1,2\n"
    "b,2,1.5,5,5,0.4,2,y,2,1\n"
)
MARGINS = "variable,category,total\ng,x,5\ng,y,4\n"
STAGES = ["--psu", "c", "--ssu", "s", "--fpc", "f", "--fpc2", "f"]


def refused(tmp_path, words, table=TABLE, margins=None):
    path = write(tmp_path, table)
    strata = [] if "--replicates" in words else ["--strata", "h"]
    words = list(words)
    if margins is not None:
        words += ["--margins", write(tmp_path, margins, "margins.csv")]
    of = [] if "--of" in words else ["--of", "y"]
    result = run(path, *strata, "--weight", "w", *of, *words)

    assert result.exit_code != 0, result.output
    assert "Traceback" not in result.output
    return " ".join(result.output.replace("│", " ").split())


@pytest.mark.parametrize(
    ("change", "words", "said"),
    [
        (("a,1,2,1,9,0.2", "a,1,2,1,9,1.2"), ["--fpc", "f"], "in 'a' it runs from 0.2 to 1.2"),
        (("9,0.2", "9,1.2"), ["--fpc", "f"], "fractions and counts: 0.4 in 'b' and 1.2 in 'a'. A"),
        (("9,0.2", "9,0"), ["--fpc", "f"], "'f' must be above zero"),
        (("9,0.2", "9,-1"), ["--fpc", "f"], "In 'a' it is -1."),
        (("a,1,2,1", "a,1,-2,1"), [], "'w' must hold weights, zero or more. Not so in row 2"),
        (
            ("x,2,0", "x,-2,0"),
            ["--replicates", "r*", "--variance", "brr"],
            "'r1' must hold weights",
        ),
        (
            ("x,2,0", "x,,0"),
            ["--replicates", "r*", "--variance", "brr"],
            "'r1' has no value in row",
        ),
    ],
)
def test_wrong_numbers_are_named_with_their_place(tmp_path, change, words, said):
    """A fraction above one, a population of nobody, weights below zero (M52, M53)."""
    assert said in refused(tmp_path, words, TABLE.replace(*change))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--where", "g"], "write COLUMN=VALUE"),
        (["--where", "y>x"], "> needs one number"),
        (["--where", "g=z"], "No row fulfils --where g=z"),
        (["--where", "y=x"], "column 'y' holds numbers; 'x' is none"),
        (["--where", "q=1"], "No column 'q' in the file"),
        (["--of", "g", "--stat", "share:z"], "No row of 'g' holds 'z'. It has: 'x', 'y'."),
        (["--of", "g"], "Column 'g' must hold numbers. Not so in row 2: 'x'"),
        (["--trim", "3"], "write LOW:HIGH"),
        (["--trim", "3:2"], "write LOW:HIGH"),
        (["--trim", "3:4"], "Widen --trim"),
        (["--calibrate", "linear"], "say --margins FILE"),
        (["--compare"], "--compare needs --by"),
        (["--compare", "--by", "g", "--stat", "quantile:0.5"], "quantiles have no covariance"),
        (["--compare", "--by", "g", "--lonely", "average"], "--lonely average is not offered"),
        (["--interval", "logit"], "is for shares alone"),
        (["--level", "100"], "write a share such as 0.9"),
        (["--level", "0"], "write a share such as 0.9"),
        (["--ssu", "s"], "--ssu needs --psu"),
        (["--psu", "c", "--ssu", "s"], "--ssu needs --fpc and --fpc2"),
        (["--fpc2", "f"], "--fpc2 needs --ssu"),
        ([*STAGES, "--variance", "jackknife"], "Replicates are of the first stage"),
        (STAGES, "One unit of 's' was drawn in cluster '1', which has more"),
        (["--variance", "jk2"], "neither taylor nor bootstrap:REPLICATES"),
        (["--variance", "fay:1"], "from 0 to below 1"),
        (["--variance", "brr", "--fpc", "f"], "have no finite population correction"),
        (["--factors", "1"], "--factors belong to --replicates"),
        (["--replicates", "r*"], "say how they were made"),
        (["--replicates", "r*", "--variance", "jk2"], "are jkn with their --factors"),
        (["--replicates", "r*", "--variance", "bootstrap:9"], "say how they were made"),
        (["--replicates", "r*", "--variance", "jkn"], "jkn needs --factors"),
        (["--replicates", "r*", "--variance", "jkn", "--factors", "1,2,3"], "--factors has 3 numb"),
        (["--replicates", "r*", "--variance", "jkn", "--factors", "1,x"], "write numbers"),
        (["--replicates", "q*", "--variance", "brr"], "no column of the file begins with 'q'"),
        (["--replicates", "r3,r1", "--variance", "brr"], "No column 'r3' in the file"),
        (["--replicates", "r1", "--variance", "brr"], "names 1 column"),
        (["--replicates", "r*", "--variance", "brr", "--psu", "c"], "leave out --psu"),
        (["--engine", "spark", "--compare", "--by", "g"], "use --engine polars"),
    ],
)
def test_what_is_not_offered_is_refused_by_name(tmp_path, words, said):
    """The message names the option and what to do instead (M50 to M55)."""
    assert said in refused(tmp_path, words)


@pytest.mark.parametrize(
    ("margins", "words", "said"),
    [
        ("variable;total\n", [], "the first row must be variable;category;total"),
        ("variable,category,total\n", [], "has no totals"),
        ("variable,category,total\ng,x\n", [], "row 2: three cells are wanted"),
        (MARGINS + "h,a,many\n", [], "row 4: 'many' is no number of people"),
        (MARGINS + "h,a,-3\n", [], "row 4: '-3' is no number of people"),
        (MARGINS + "*,x,3\n", [], "counts all persons and has no category"),
        (MARGINS + "g,x,3\n", [], "'g=x' stands twice"),
        (MARGINS + "g,,3\n", [], "has a row with a category and one without"),
        (MARGINS + "h,a,6\nh,b,4\n", [], "'g' adds up to 9 people and 'h' to 10"),
        (MARGINS + "*,,10\n", [], "'g' adds up to 9 people and '*' to 10"),
        (MARGINS + "q,a,9\n", [], "No column 'q' in the file"),
        ("variable,category,total\ng,x,9\n", [], "'g' holds 'y', and --margins has no people"),
        (MARGINS + "g,z,1\n", [], "'g=z' has 1 people and no respondent: join it to another"),
        (MARGINS + "h,a,9\nh,b,0\n", [], "row 5: '0' is no number of people"),
        (
            "variable,category,total\ng,x,8\ng,y,1\ns,1,5\ns,2,4\n",
            ["--calibrate", "raking"],
            "cannot be met by raking",
        ),
        (MARGINS + "y,,90\n", ["--calibrate", "logit:0.9:1.1"], "after 50 rounds"),
        (MARGINS, ["--calibrate", "logit:2:3"], "is none of raking, linear, logit:LOW:HIGH"),
        (MARGINS, ["--calibrate", "magic"], "is none of raking, linear, logit:LOW:HIGH"),
    ],
)
def test_margins_that_cannot_be_are_refused(tmp_path, margins, words, said):
    """A margin that does not sum, a category without people, no convergence (M21)."""
    assert said in refused(tmp_path, words, margins=margins)


def test_a_row_without_a_category_is_refused(tmp_path):
    """Whom a margin does not count cannot be weighted to it (M21)."""
    said = refused(tmp_path, [], TABLE.replace("1,x,2,0", "1,,2,0"), MARGINS)

    assert "Column 'g' has no value in 1 rows, and --margins counts its categories" in said


def test_a_sum_with_a_gap_is_refused(tmp_path):
    """A missing value would count as zero (M21)."""
    said = refused(tmp_path, [], TABLE.replace("a,1,2,1,", "a,1,2,,"), MARGINS + "y,,20\n")

    assert "Column 'y' has no value in 1 rows, and the weights are to meet its total" in said


def test_half_samples_need_two_units(tmp_path):
    """The stratum is named, and what to do (M52)."""
    said = refused(tmp_path, ["--variance", "brr"], TABLE + "b,3,1.5,5,5,0.4,2,y,2,1\n")

    assert "need two units in every stratum; 'b' has 3. Use --variance jackknife" in said


def test_crossed_strata_are_named_by_their_values(tmp_path):
    """As the file has them, a cross in a value doubled and shown once (M53)."""
    said = refused(tmp_path, ["--by", "h"], TABLE.replace("b,1,1.5", "b×,1,1.5"))
    assert "no variance: 'b', 'b×'" in said
    path = write(tmp_path, TABLE.replace("b,1,1.5", "b×,1,1.5"))
    crossed = run(path, "--strata", "h,s", "--weight", "w", "--of", "y")

    assert "'b × 2', 'b× × 1'" in " ".join(crossed.output.split())


def test_too_many_pairs_or_categories_are_refused(tmp_path):
    """Nobody reads the differences of 64 groups, or the shares of 201 names (M51, M55)."""
    lines = [f"{n % 64},1,{n % 5},name {n}" for n in range(256)]
    path = write(tmp_path, "\n".join(["d,w,y,t", *lines]))

    said = run(path, "--weight", "w", "--of", "y", "--by", "d", "--compare").output
    assert "64 groups make 2016 pairs, more than 2000" in " ".join(said.split())
    said = run(path, "--weight", "w", "--of", "t", "--stat", "share").output
    assert "256 different values: too many" in " ".join(said.split())


def test_a_group_of_weight_zero_is_named(tmp_path):
    """It has n 0 and no number, and its rows are in no domain (M50)."""
    path = write(tmp_path, "d,w,y\na,2,1\na,2,3\nb,0,5\nb,0,6\n")
    found = rows(path, "--weight", "w", "--of", "y", "--by", "d", "--stat", "mean", "--compare")

    assert [(row["by"]["d"], row["n"]) for row in found["rows"]] == [("a", 2), ("b", 0)]
    assert (found["design"]["rows_without_domain"], found["differences"]) == (2, [])
    only_zeros = write(tmp_path, "w,y\n0,1\n0,2\n", "zeros.csv")
    said = run(only_zeros, "--weight", "w", "--of", "y").output
    assert "No row has a weight above zero" in said


def test_decimal_commas_are_read_where_semicolons_separate(tmp_path):
    """As spreadsheets in Indonesia write; beside a point neither can be trusted: refused."""
    points = "w,y\n2.5,1.25\n1.5,3\n1,-2.75\n"
    commas = points.replace(",", ";").replace(".", ",")
    words = ["--weight", "w", "--of", "y"]
    assert (
        rows(write(tmp_path, commas), *words)["rows"]
        == (rows(write(tmp_path, points, "points.csv"), *words)["rows"])
    )
    said = run(write(tmp_path, commas.replace("1,25", "1.000,25")), *words).output

    assert "Write numbers with a decimal point" in " ".join(said.split())
