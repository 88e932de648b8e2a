"""``make bench``: the method at national size, beside R survey and beside the bare sums.

600,000 answers to 60 items, 640 agencies of 12 strata, unequal weights, finite populations. Every
measure runs in a process of its own, from the Parquet file to the result, and reports its time and its
peak memory; R survey works on the same numbers in the same run where it is installed.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import narwhals as nw
import numpy as np
import polars as pl

from espi.method.comparison.changes import changes
from espi.method.comparison.ranks import rank_sets
from espi.method.estimation.cell_sums import Target, cell_sums
from espi.method.estimation.from_sums import Estimates, Sums, estimate
from espi.method.estimation.kernel import Cells, Strata
from espi.method.estimation.replicates import drawn
from espi.method.index.document import AgencyResult
from espi.method.index.layout import AgencyFacts, StratumFacts
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import take
from espi.method.index.wave import WaveFacts, wave_results
from espi.method.weighting.calibration import calibrate
from espi.method.weighting.distance import Raking
from espi.method.weighting.margins import Margin, auxiliary_from_margins

N, AGENCIES, STRATA, ITEMS, SCORES, UNITS = 600_000, 640, 7_680, 60, 30, 25_600
REPLICATES, COPIES, DOMAINS_IN_R = 500, 100, 200
ROUNDS = 5
SMALL = "--small" in sys.argv  # a few of everything and no R: the tests run that
if SMALL:
    N, AGENCIES, STRATA, UNITS, REPLICATES, COPIES, ROUNDS = 12_000, 20, 240, 800, 10, 2, 1


def make(folder: Path) -> None:
    """Write the data: one Parquet file, and the same numbers as plain doubles for R."""
    rng = np.random.default_rng(20261123)
    size = rng.multinomial(N, rng.dirichlet(np.full(STRATA, 8.0)))
    size = np.maximum(size, 2)
    stratum = np.repeat(np.arange(STRATA), size)[:N]
    stratum = np.concatenate([stratum, np.full(N - stratum.size, STRATA - 1)])
    agency, n = stratum // 12, np.bincount(stratum, minlength=STRATA)
    population = np.ceil(n * rng.uniform(1.5, 6, STRATA))
    columns = {
        "agency": agency, "stratum": stratum,
        "unit": agency * (UNITS // AGENCIES) + rng.integers(0, UNITS // AGENCIES, N),
        "people": population[stratum], "sex": rng.integers(0, 2, N), "age": rng.integers(0, 4, N),
        "weight": population[stratum] / n[stratum] * rng.uniform(0.6, 1.6, N),
    }  # fmt: skip
    level = rng.normal(0, 6, AGENCIES)[agency]
    for item in range(ITEMS):
        columns[f"y{item}"] = np.clip(np.round(rng.normal(70, 18, N) + level, 1), 0, 100)
    pl.DataFrame(columns).write_parquet(folder / "answers.parquet")
    table = np.column_stack([columns[name] for name in ("agency", "stratum", "people", "weight")])
    scores = np.column_stack([columns[f"y{item}"] for item in range(SCORES)])
    np.hstack([table, scores, columns["unit"][:, None]]).astype("<f8").T.tofile(folder / "r.bin")


def source(folder: Path, copies: int = 1) -> nw.LazyFrame[pl.LazyFrame]:
    """Return the answers, read when they are needed."""
    return nw.from_native(pl.scan_parquet([folder / "answers.parquet"] * copies))


def strata_of(folder: Path) -> Strata:
    """Return the design: respondents and people of every stratum."""
    facts = pl.scan_parquet(folder / "answers.parquet").group_by("stratum")
    table = facts.agg(pl.len().alias("n"), pl.col("people").first()).sort("stratum").collect()
    return Strata(table["n"].to_numpy().astype(float), table["people"].to_numpy())


def estimated(folder: Path, key: str, scores: int, domains: int, copies: int = 1) -> Estimates:
    """Return means and errors of the first scores in every domain, from the file."""
    targets = [Target(f"y{item}", centre=50.0, complete=True) for item in range(scores)]
    keys = list(dict.fromkeys([key, "stratum"]))
    sums = cell_sums(source(folder, copies), keys, "weight", targets).collect("polars").to_native()
    count = sums["n"].to_numpy()[:, None].astype(float)

    def stacked(letter: str) -> np.ndarray:
        return np.stack([sums[f"{target.key}|{letter}"].to_numpy() for target in targets], axis=1)

    def shared(letter: str) -> np.ndarray:
        return np.broadcast_to(sums[f"*|{letter}"].to_numpy()[:, None], (sums.height, scores))

    cells = Cells(sums[key].to_numpy(), sums["stratum"].to_numpy(), domains)
    target_sums = Sums(
        cells=cells, clustered=False, m=np.broadcast_to(count, (sums.height, scores)),
        w=shared("w"), ww=shared("ww"), y=stacked("y"), wy=stacked("wy"), yy=stacked("yy"),
        centre=np.full(scores, 50.0), ratio=np.ones(scores, dtype=bool),
    )  # fmt: skip
    design = strata_of(folder)
    scaled = Strata(design.sampled * copies, design.population * copies)
    return estimate(target_sums, scaled)


def floor(folder: Path, scores: int) -> pl.DataFrame:
    """Return the bare sums, in the shortest polars expression: no estimate, no error."""
    w, names = pl.col("weight"), [f"y{item}" for item in range(scores)]
    lazy = pl.scan_parquet(folder / "answers.parquet").with_columns(
        *[((pl.col(y) - 50.0) * w).alias(f"a{y}") for y in names], (w * w).alias("ww")
    )
    lazy = lazy.with_columns(
        *[(pl.col(f"a{y}") * w).alias(f"b{y}") for y in names],
        *[(pl.col(f"a{y}") * pl.col(f"a{y}")).alias(f"c{y}") for y in names],
    )
    sums = [pl.col(f"{letter}{y}").sum() for y in names for letter in "abc"]
    return (
        lazy.group_by("agency", "stratum")
        .agg(pl.len(), w.sum(), pl.col("ww").sum(), *sums)
        .collect()
    )


def bootstrap(folder: Path) -> np.ndarray:
    """Return the variance of 30 scores of every agency over 500 Rao–Wu replicates.

    Agency by agency, each with a generator of its own: the replicate weights stay in the cache,
    are never stored, and the same seed and agency give them again.
    """
    names = [f"y{item}" for item in range(SCORES)]
    frame = pl.read_parquet(
        folder / "answers.parquet", columns=["agency", "stratum", "weight", *names]
    )
    strata, table = strata_of(folder), frame.select(names).to_numpy()
    weight, stratum = frame["weight"].to_numpy(), frame["stratum"].to_numpy()
    edges = np.searchsorted(frame["agency"].to_numpy(), np.arange(AGENCIES + 1))
    shrink = np.sqrt(1 - strata.sampled / strata.population)

    grown = shrink * strata.sampled / (strata.sampled - 1)
    table = np.column_stack([table, np.ones(N)])
    variances = np.empty((AGENCIES, SCORES))
    for agency in range(AGENCIES):
        rng, rows = np.random.default_rng([1, agency]), slice(edges[agency], edges[agency + 1])
        own, h = weight[rows], stratum[rows]
        cuts = np.flatnonzero(np.diff(h, prepend=-1))
        times = np.empty((REPLICATES, own.size))
        for start, end in zip(cuts, [*cuts[1:], own.size], strict=True):
            times[:, start:end] = drawn(end - start, REPLICATES, rng)
        # 1 − f + f·n/(n − 1)·r, with all but r taken into the rows: one product for all scores.
        fixed = (own * (1 - shrink[h])) @ table[rows]
        sums = fixed + times @ ((own * grown[h])[:, None] * table[rows])
        variances[agency] = (sums[:, :-1] / sums[:, -1:]).var(axis=0, ddof=1)
    return variances


def raking(folder: Path) -> np.ndarray:
    """Return calibrated standard errors of one score of every agency, by sex and age."""
    from espi.method.estimation.domains import DomainEstimate, Partition, domain_design, means

    names = ["agency", "stratum", "weight", "sex", "age", "y0"]
    column = {
        k: v.to_numpy()
        for k, v in pl.read_parquet(folder / "answers.parquet", columns=names).to_dict().items()
    }
    part, weight = column["agency"], column["weight"]
    margins = {}
    for name, k in (("sex", 2), ("age", 4)):
        moved = weight * (1 + 0.1 * np.cos(column[name] + part))
        people = np.bincount(part * k + column[name], moved, AGENCIES * k).reshape(AGENCIES, k)
        whole = np.bincount(part, weight, AGENCIES)[:, None]
        margins[name] = Margin(
            column[name], people / people.sum(axis=1, keepdims=True) * whole, tuple("abcd"[:k])
        )
    calibrated = calibrate(weight, auxiliary_from_margins(part, margins), Raking())
    of = Partition(part, AGENCIES)
    means_by_agency = means(column["y0"], calibrated.weight, np.ones(N, dtype=bool), of)
    residuals = DomainEstimate(
        means_by_agency.value, calibrated.residual(means_by_agency.influence), of
    )
    return domain_design(of, column["stratum"], strata_of(folder).population).standard_errors(
        residuals
    )


def index(folder: Path) -> list[AgencyResult]:
    """Return the results of a wave: dimensions, components, index, corrections, items, areas, ranks."""
    specification = take("rehearsal-2026")
    names = [f"y{item}" for item in range(len(specification.items))]
    frame = pl.read_parquet(
        folder / "answers.parquet", columns=["agency", "stratum", "unit", "people", *names]
    )
    groups = pl.Series(["internal", "external", "expert"])[(frame["stratum"] % 12 % 3).to_list()]
    items = [
        ScoredItem(
            f"i{number}", rule.group, rule.dimension, 0, 100, rule.reversed, rule.prevalence, {}
        )
        for number, rule in enumerate(specification.items)
    ]
    rows = frame.select(
        pl.col("agency", "stratum").cast(pl.String), pl.col("unit").cast(pl.String).alias("area"),
        groups.alias("group"),
        *[pl.col(f"y{number}").alias(f"a.i{number}") for number in range(len(items))],
    )  # fmt: skip
    facts = (
        rows.select("stratum", "agency", "group").with_columns(frame["people"]).unique("stratum")
    )
    strata = [StratumFacts(s, a, g, int(p)) for s, a, g, p in facts.sort("stratum").iter_rows()]
    agencies = [AgencyFacts(str(a), str(a), "regency", {"facts": a % 40}) for a in range(AGENCIES)]
    del frame  # the peak of memory that is measured shall be that of the wave
    results = wave_results(WaveFacts(specification, items, agencies, strata, "1", {}), rows)
    return list(results.agencies)


def wave(folder: Path) -> dict[str, float]:
    """Return the seconds of a full wave without its rank sets, and of those."""
    start = time.perf_counter()
    for step in (lambda: estimated(folder, "agency", SCORES, AGENCIES),
                 lambda: estimated(folder, "unit", 1, UNITS),
                 lambda: bootstrap(folder), lambda: raking(folder)):  # fmt: skip
        step()
    results = index(folder)
    value = np.array([agency.index for agency in results])
    se = np.array([agency.se for agency in results])
    changes(value - 1, se, value, se, np.full(AGENCIES, 50))
    whole = time.perf_counter() - start
    start = time.perf_counter()
    rank_sets(value, se, np.random.default_rng(1))
    ranks = time.perf_counter() - start
    return {"seconds": whole - ranks, "rank sets": ranks}


MEASURES: dict[str, Callable[[Path], object]] = {
    "a": lambda folder: estimated(folder, "agency", 1, AGENCIES),
    "b": lambda folder: estimated(folder, "agency", SCORES, AGENCIES),
    "c": lambda folder: estimated(folder, "unit", 1, UNITS),
    "d": bootstrap,
    "e": raking,
    "f": wave,
    "g": lambda folder: estimated(folder, "agency", SCORES, AGENCIES, COPIES),
    "floor a": lambda folder: floor(folder, 1),
    "floor b": lambda folder: floor(folder, SCORES),
}
ONCE = ("d", "f", "g")


def measure(name: str, folder: Path) -> dict[str, float]:
    """Run one measure in this process; the median of some rounds, after one to warm up."""
    rounds = 1 if name in ONCE else ROUNDS
    times, inner = [], None
    for _round in range(rounds if name in ONCE else rounds + 1):
        start = time.perf_counter()
        inner = MEASURES[name](folder)
        times.append(time.perf_counter() - start)
    used = sorted(times if name in ONCE else times[1:])
    result = {"seconds": used[len(used) // 2], "peak": peak()}
    return result | inner if isinstance(inner, dict) else result


def peak() -> float:
    """Return the peak memory of this process, in GiB."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    [line] = [line for line in status if line.startswith("VmHWM")]
    return float(line.split()[1]) / 1024**2


def apart(name: str, folder: Path) -> dict[str, float]:
    """Run one measure in a process of its own."""
    command = [sys.executable, __file__, "--one", name, str(folder), *sys.argv[1:]]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def in_r(folder: Path, name: str) -> dict[str, float] | None:
    """Run the same in R survey; nothing where it is not installed."""
    if SMALL or not shutil.which("Rscript"):
        return None
    script = Path(__file__).with_suffix(".R")
    words = [str(script), name, str(folder / "r.bin"), str(N), str(SCORES), str(DOMAINS_IN_R)]
    done = subprocess.run(["Rscript", *words], capture_output=True, check=False, text=True)
    return json.loads(done.stdout.splitlines()[-1]) if done.returncode == 0 else None


def line(what: str, ours: dict[str, float], theirs: Sequence[str]) -> None:
    """Print one measure."""
    print(f"{what:<58} {ours['seconds']:8.3f} s  {ours['peak']:5.2f} GiB   {'  '.join(theirs)}")


def against(ours: dict[str, float], r: dict[str, float] | None, scale: float = 1.0) -> str:
    """Return how many times faster than R."""
    if r is None:
        return "R survey is not here"
    return f"R {r['seconds'] * scale:.1f} s {r['peak']:.1f} GiB: {r['seconds'] * scale / ours['seconds']:,.0f} x"


def main() -> None:
    """Measure everything, and print it."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        make(folder)
        measured = {name: apart(name, folder) for name in MEASURES}
        r = {name: in_r(folder, name) for name in "abc"}
        over = {n: measured[n]["seconds"] / measured[f"floor {n}"]["seconds"] for n in "ab"}
        line(
            "(a) 1 score x 640 agencies",
            measured["a"],
            [against(measured["a"], r["a"]), f"{over['a']:.2f} x bare polars"],
        )
        line(
            "(b) 30 scores x 640 agencies",
            measured["b"],
            [against(measured["b"], r["b"]), f"{over['b']:.2f} x bare polars"],
        )
        c = against(measured["c"], r["c"], UNITS / DOMAINS_IN_R)
        line("(c) 25,600 units across strata", measured["c"], [c, f"(R from {DOMAINS_IN_R} units)"])
        line("(d) 500 Rao-Wu replicates x 30 scores x 640 agencies", measured["d"], [])
        line("(e) raking of 640 agencies, calibrated errors", measured["e"], [])
        line(
            "(f) a full wave: b to e, index, corrections, changes",
            measured["f"],
            [f"and rank sets: {measured['f']['rank sets']:.2f} s"],
        )
        line("(g) 60 million rows x 30 scores", measured["g"], [])
        line("bare polars sums of (a)", measured["floor a"], [])
        line("bare polars sums of (b)", measured["floor b"], [])


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        print(json.dumps(measure(sys.argv[2], Path(sys.argv[3]))))
    else:
        main()
