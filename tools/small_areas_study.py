"""Writes docs/method/small-areas*.csv and the figure: models and verdicts over invented nations.

By the functions of a wave: populations with levels of areas, agencies and categories; samples with
unequal weights and a finite population; estimates, intervals and verdicts against the truth.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Strata
from espi.method.small_areas.direct import DirectScores, Sampled, direct_scores
from espi.method.small_areas.estimates import ChoiceRule, area_scores
from espi.method.small_areas.layout import AreaLayout, lay_out_areas
from espi.method.small_areas.scores import AreaScores
from espi.method.verdicts.verdict import BarVerdicts, Verdict, VerdictRule, verdicts
from tools.coverage_study import likert
from tools.small_areas_figure import Point, figure

Floats = NDArray[np.float64]
SIZES = (5, 10, 20, 40, 100)
"""Answers that an area may expect; each agency has two areas of each size."""
AREAS = 2 * len(SIZES)
PEOPLE = 4  # in the population for each answer
LIGHT, HEAVY = 0.6, 1.4  # relative chances to be drawn in the two strata of an agency
EDGES = (8, 15, 30, 70)  # answers that came, between the sizes that were expected
RULE = VerdictRule(low=73.0, high=78.0)
OUT = Path(__file__).resolve().parents[1] / "docs" / "method"
Truths = dict[str, tuple[Floats, Floats]]


@dataclass(frozen=True, slots=True)
class Setting:
    """An invented nation.

    Attributes:
        scores: how people's scores are spread around the level of their area.
        agencies: how many.
        between: standard deviation of areas within an agency, in points.
    """

    scores: str
    agencies: int
    between: float


SETTINGS = tuple(
    Setting(scores, agencies, between)
    for scores in ("normal", "beta", "questions")
    for agencies, between in ((4, 4.0), (20, 4.0), (100, 4.0), (20, 1.0))
)
NATIONS = {4: 300, 20: 80, 100: 16}
"""How many are drawn, by agencies: some 2,400 to 3,200 areas of each size."""


@dataclass(frozen=True, slots=True)
class Nation:
    """Direct estimates of a drawn nation, and the truth of its population, (m,)."""

    direct: DirectScores
    layout: AreaLayout
    truth: Floats
    people: Floats


def scores_of(shape: str, rng: np.random.Generator, level: Floats) -> Floats:
    """Return one score for each person, whose area has this level."""
    if shape == "normal":
        return level + rng.normal(0, 15, level.size)
    if shape == "beta":
        p = np.clip(level, 2, 99) / 100
        return 100 * rng.beta(5 * p, 5 * (1 - p))
    location = np.interp(level, *_locations())
    person = np.sqrt(0.5) * rng.standard_normal((level.size, 1))
    question = np.sqrt(0.5) * rng.standard_normal((level.size, 8))
    steps = np.floor((person + question + location[:, None]) / 0.8 + 2.5)
    return 25.0 * np.clip(steps, 0, 4).mean(axis=1)


@cache
def _locations() -> tuple[Floats, Floats]:
    """Return mean scores of eight five-point questions, and where their latent scale is cut."""
    grid, fixed = np.linspace(-2.5, 3.5, 61), np.random.default_rng(1)
    return np.array([likert(each)(fixed, (1, 4000)).mean() for each in grid]), grid


def drawn(setting: Setting, rng: np.random.Generator) -> Nation:
    """Draw a population and a sample of it."""
    agencies, m = setting.agencies, setting.agencies * AREAS
    agency = np.repeat(np.arange(agencies), AREAS)
    category = np.concatenate([rng.permutation(AREAS) for _ in range(agencies)])
    level = 80 + rng.normal(0, 4, agencies)[agency] + np.linspace(-3, 3, AREAS)[category]
    level = level + rng.normal(0, setting.between, m)
    size = PEOPLE * np.tile(np.repeat(SIZES, 2), agencies)
    area = np.repeat(np.arange(m), size)
    y = scores_of(setting.scores, rng, level[area])
    half = rng.integers(0, 2, area.size)
    sampled = rng.random(area.size) < np.where(half == 0, LIGHT, HEAVY) / PEOPLE
    stratum, own = 2 * agency[area] + half, area[sampled]
    people = np.bincount(stratum, minlength=2 * agencies).astype(np.float64)
    respondents = np.bincount(stratum[sampled], minlength=2 * agencies).astype(np.float64)
    layout = lay_out_areas(
        Partition(agency[own], agencies),
        pl.Series([f"{a:04}" for a in own.tolist()]),
        np.ones(own.size, dtype=bool),
        ["regency"] * agencies,
        {(int(agency[i]), f"{i:04}"): f"c{category[i]}" for i in range(m)},
    )
    own_stratum = stratum[sampled]
    design = Sampled((people / respondents)[own_stratum], own_stratum, Strata(respondents, people))
    present = np.array([int(code) for code in layout.code])
    truth = np.bincount(area, y) / size
    direct = direct_scores(design, layout, ("score",), y[sampled, None])
    return Nation(direct, layout, truth[present], size[present].astype(np.float64))


def intervals(nation: Nation, scores: AreaScores) -> Floats:
    """Return sums by size of areas, (sizes, 7).

    Areas, those whose interval holds the truth by the model and directly, lengths of both, squared
    errors of both; and the errors that the model states.
    """
    direct, truth = nation.direct, nation.truth
    n, own = direct.n[:, 0], direct.value[:, 0]
    two = n >= 2  # noqa: PLR2004 one answer has no direct interval
    held = (scores.low <= truth) & (truth <= scores.high)
    low, high = direct.low[:, 0], direct.high[:, 0]
    columns = (
        np.ones_like(truth), held, (low <= truth) & (truth <= high), scores.high - scores.low,
        high - low, (scores.value - truth) ** 2, (own - truth) ** 2, scores.mse,
    )  # fmt: skip
    by = Partition(np.digitize(n[two], EDGES), len(SIZES))
    return np.stack([by.summed(column[two].astype(np.float64)) for column in columns], axis=1)


def truths(nation: Nation) -> Truths:
    """Return by how much each area truly lies above and below each bar, (m,)."""
    layout, truth, people = nation.layout, nation.truth, nation.people
    by = layout.by_agency
    own = truth - (by.summed(people * truth) / by.summed(people))[layout.agency]
    k = Partition(layout.category, len(layout.categories))  # each agency has each category once
    others = (k.summed(truth)[layout.category] - truth) / (
        k.summed(np.ones_like(truth))[layout.category] - 1
    )
    return {
        "own mean": (own, -own),
        "category mean": (truth - others, others - truth),
        "band": (truth - RULE.high, RULE.low - truth),
    }


def counted(bar: BarVerdicts, above: Floats, below: Floats) -> tuple[int, int, int]:
    """Return the statements against a bar, how many are wrong, and how many could be made."""
    good = np.array([each is Verdict.GOOD for each in bar.verdicts])
    bad = np.array([each is Verdict.MUST_IMPROVE for each in bar.verdicts])
    wrong = (good & (above < 0)) | (bad & (below <= 0))
    return int((good | bad).sum()), int(wrong.sum()), int((~np.isnan(bar.chances.above)).sum())


def studied(
    setting: Setting, nations: int, rng: np.random.Generator
) -> tuple[Floats, Counter[str]]:
    """Return the sums of ``intervals`` and counts of statements over some nations."""
    sums, statements = np.zeros((len(SIZES), 8)), Counter[str]()
    for _nation in range(nations):
        nation = drawn(setting, rng)
        [scores] = area_scores(nation.direct, nation.layout, ChoiceRule(least=1))
        sums += intervals(nation, scores)
        verdict = verdicts(scores, nation.layout, nation.direct.n[:, 0], RULE)
        bars = (verdict.own_mean, verdict.category_mean, verdict.band)
        for (name, sides), bar in zip(truths(nation).items(), bars, strict=True):
            for what, count in zip(("said", "wrong", "of"), counted(bar, *sides), strict=True):
                statements[f"{name} {what}"] += count
    return sums, statements


def main() -> None:
    """Write both tables and the figure, and print the rows."""
    rows, said, points = [], [], []
    for setting in SETTINGS:
        rng = np.random.default_rng([20261130, setting.agencies, int(setting.between)])
        sums, statements = studied(setting, NATIONS[setting.agencies], rng)
        head = [setting.scores, setting.agencies, setting.between]
        for size, row in zip(SIZES, sums, strict=True):
            share = row / row[0]
            error, claimed = row[5] / row[6], row[7] / row[5]
            numbers = [*share[1:3], share[3] / share[4], error, claimed]
            rows.append([*head, size, int(row[0]), *(f"{number:.3f}" for number in numbers)])
            points.append(Point(*head, size, share[1], share[2], error))
            sys.stdout.write("  ".join(map(str, rows[-1])) + "\n")
        for bar in ("own mean", "category mean", "band"):
            made, wrong, of = (statements[f"{bar} {what}"] for what in ("said", "wrong", "of"))
            said.append([*head, bar, of, f"{made / of:.3f}", f"{wrong / max(made, 1):.3f}"])
            sys.stdout.write("  ".join(map(str, said[-1])) + "\n")
    columns = ["scores", "agencies", "between"]
    measures = ["coverage", "direct_coverage", "length_ratio", "mse_ratio", "stated_to_true_mse"]
    _write("small-areas.csv", [*columns, "answers", "areas", *measures], rows)
    _write("small-areas-verdicts.csv", [*columns, "bar", "areas", "said", "wrong"], said)
    (OUT / "small-areas.svg").write_text(figure(points), encoding="utf-8")


def _write(name: str, columns: list[str], rows: list[list[object]]) -> None:
    with (OUT / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([columns, *rows])


if __name__ == "__main__":
    main()
