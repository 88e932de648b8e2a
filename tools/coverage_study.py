"""Writes docs/method/coverage.csv: how often 95 % intervals hold the truth, over simulated samples.

By the same functions as a wave: groups of ten experts up to agencies of 2,500 answers, scores in
the middle of the scale and crowded near its end, infinite and small populations, with and without
questions left out.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition, domain_design, means
from espi.method.estimation.intervals import mean_intervals, unseen_share

SAMPLES = 2000
STRATA = np.array([0.5, 0.3, 0.2])  # of the people; the sample takes other shares of each
FRACTIONS = np.array([0.6, 0.25, 0.15])
ITEMS, WITHIN_PERSON = 8, 0.5
OUT = Path(__file__).resolve().parents[1] / "docs" / "method" / "coverage.csv"

Scores = NDArray[np.float64]
Intervals = Callable[..., tuple[Scores, Scores]]
Draw = Callable[[np.random.Generator, tuple[int, int]], Scores]


def beta(a: float, b: float) -> Draw:
    """Return scores of a beta distribution: no two people alike."""
    return lambda rng, shape: 100 * rng.beta(a, b, shape)


def likert(location: float) -> Draw:
    """Return means of eight five-point questions: many people at 100, the rest in steps."""

    def draw(rng: np.random.Generator, shape: tuple[int, int]) -> Scores:
        person = np.sqrt(WITHIN_PERSON) * rng.standard_normal((*shape, 1))
        question = np.sqrt(1 - WITHIN_PERSON) * rng.standard_normal((*shape, ITEMS))
        steps = np.clip(np.floor((person + question + location) / 0.8 + 2.5), 0, 4)
        return 25.0 * steps.mean(axis=2)

    return draw


SHAPES: dict[str, Draw] = {
    "mid-range": beta(6.0, 2.6),
    "near 100": beta(18.0, 0.7),
    "very near 100": beta(30.0, 0.6),
    "few lose much": beta(4.93, 0.07),
    "questions, near 100": likert(2.1),
}
"""Distributions of people's scores; their means are about 70, 96, 98, 98.6 and 96."""

EXACT = ("mid-range", "near 100", "very near 100", "few lose much")
"""Shapes without steps: coverage must be 93.5–96.5 %. With steps, intervals may be longer."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A group of people, and how many of them answer.

    Attributes:
        scores: name of the shape.
        answers: how many are asked and respond.
        people: in the population.
        left_out: share of them who leave this question out, 0–1.
    """

    scores: str
    answers: int
    people: int
    left_out: float = 0.0


SETTINGS = (
    *(Setting(shape, n, 4000) for shape in EXACT for n in (30, 100, 400)),
    *(Setting(shape, 2500, 10_000) for shape in EXACT[:3]),
    *(Setting(shape, 10, 400) for shape in SHAPES),
    *(Setting(shape, 14, 20) for shape in SHAPES),
    *(Setting(shape, 14, 20, 0.15) for shape in SHAPES),
    *(Setting(shape, 99, 100) for shape in EXACT),
    *(Setting(shape, 99, 120, 0.15) for shape in EXACT),
)
STRATIFIED, HALF = 30, 0.5  # three strata from 30 answers on, unless most people answer


@dataclass(frozen=True, slots=True)
class Coverage:
    """The result of one setting: mean true value, share of intervals that contain it, mean length.

    Attributes:
        mean: 0–100.
        covered: 0–1.
        length: mean length of the intervals, in points.
    """

    mean: float
    covered: float
    length: float


def coverage(
    setting: Setting,
    samples: int,
    rng: np.random.Generator,
    intervals: Intervals = mean_intervals,
) -> Coverage:
    """Draw populations and samples, and count the intervals that hold the population's mean.

    Every sample is a domain of its own, so all are estimated at once, as agencies are.

    Args:
        setting: the group.
        samples: how many.
        rng: of everything that is drawn.
        intervals: the method under study, with the arguments of ``mean_intervals``.
    """
    whole = setting.answers < STRATIFIED or setting.answers > setting.people * HALF
    shares, fractions = (np.ones(1), np.ones(1)) if whole else (STRATA, FRACTIONS)
    people = np.round(shares * setting.people).astype(int)
    drawn = np.maximum(2, np.round(fractions * setting.answers)).astype(int)
    truth = np.zeros(samples)
    scores, stratum, weight, sample = [], [], [], []
    for h, (size, taken) in enumerate(zip(people, drawn, strict=True)):
        population = SHAPES[setting.scores](rng, (samples, int(size)))
        truth += population.sum(axis=1) / people.sum()
        scores.append(population[:, :taken].ravel())  # people are exchangeable: any will do
        stratum.append(np.repeat(len(people) * np.arange(samples) + h, taken))
        weight.append(np.full(samples * taken, size / taken))
        sample.append(np.repeat(np.arange(samples), taken))
    y = np.concatenate(scores)
    of = Partition(np.concatenate(sample), samples)
    design = domain_design(of, np.concatenate(stratum), np.tile(people.astype(float), samples))
    answered = rng.random(y.size) >= setting.left_out
    estimate = means(y, np.concatenate(weight), answered, of)
    variance, infinite = design.variances(estimate), design.infinite_variances(estimate)
    n = of.counted(answered)
    unseen = unseen_share(variance, infinite, n / drawn.sum())
    df = design.df(estimate, answered)
    low, high = intervals(estimate.value, np.sqrt(infinite), df, unseen)
    shown = n >= min(10, setting.answers)  # fewer are withheld
    covered = ((low <= truth + 1e-9) & (truth <= high + 1e-9))[shown]
    return Coverage(float(truth.mean()), float(covered.mean()), float((high - low)[shown].mean()))


def main() -> None:
    """Write the table, and print it."""
    rng = np.random.default_rng(20261123)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        columns = ["scores", "answers", "people", "left_out", "true_mean", "coverage"]
        writer.writerow([*columns, "mean_length", "samples"])
        for setting in SETTINGS:
            result = coverage(setting, SAMPLES, rng)
            row = [setting.scores, setting.answers, setting.people, setting.left_out]
            row += [f"{result.mean:.2f}", f"{result.covered:.4f}", f"{result.length:.2f}", SAMPLES]
            writer.writerow(row)
            sys.stdout.write("  ".join(map(str, row)) + "\n")


if __name__ == "__main__":
    main()
