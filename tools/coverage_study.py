"""Writes docs/method/coverage.csv: how often 95 % intervals hold the truth, over simulated samples.

For agencies of 30 to 2,500 answers, scores in the middle of the scale and crowded near its end, in
three strata with unequal fractions, by the same functions as a wave.
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np

from espi.method.estimation.domains import Partition, means, of_elements
from espi.method.estimation.intervals import mean_intervals

SAMPLES = 2000
SIZES = (30, 100, 400, 2500)
SHARES = (0.5, 0.3, 0.2)
SHAPES = {"mid-range": (6.0, 2.6), "near 100": (18.0, 0.7), "very near 100": (30.0, 0.6)}
OUT = Path(__file__).resolve().parents[1] / "docs" / "method" / "coverage.csv"


def coverage(
    shape: tuple[float, float], size: int, samples: int, rng: np.random.Generator
) -> tuple[float, float, float]:
    """Return the true mean, the share of intervals that hold it, and their mean length.

    Every sample is a domain of its own, so all are estimated at once, as agencies are.
    """
    people = max(4 * size, 400)
    stratum = np.repeat(np.arange(3), [round(share * people) for share in SHARES])
    truth = 100 * rng.beta(*shape, people) + np.array([0.0, -3.0, 2.0])[stratum]
    truth = np.clip(truth, 0, 100)
    drawn = np.maximum(2, np.round(size * np.array([0.6, 0.25, 0.15]))).astype(int)
    population = np.bincount(stratum).astype(float)
    y, h, weight, sample = [], [], [], []
    for number in range(samples):
        for place in range(3):
            taken = rng.choice(np.flatnonzero(stratum == place), drawn[place], replace=False)
            y.append(truth[taken])
            h.append(np.full(drawn[place], 3 * number + place))
            weight.append(np.full(drawn[place], population[place] / drawn[place]))
            sample.append(np.full(drawn[place], number))
    of = Partition(np.concatenate(sample), samples)
    scores = np.concatenate(y)
    design = of_elements(of, np.concatenate(h), np.tile(population, samples))
    estimate = means(scores, np.concatenate(weight), np.ones(scores.size, dtype=bool), of)
    df = design.df(estimate, np.ones(scores.size, dtype=bool))
    low, high = mean_intervals(estimate.value, design.standard_errors(estimate), df)
    held = (low <= truth.mean()) & (truth.mean() <= high)
    return float(truth.mean()), float(held.mean()), float((high - low).mean())


def main() -> None:
    """Write the table, and print it."""
    rng = np.random.default_rng(20261123)
    with OUT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["scores", "answers", "true_mean", "coverage", "mean_length", "samples"])
        for name, shape in SHAPES.items():
            for size in SIZES:
                mean, held, length = coverage(shape, size, SAMPLES, rng)
                row = [name, size, f"{mean:.2f}", f"{held:.4f}", f"{length:.2f}", SAMPLES]
                writer.writerow(row)
                sys.stdout.write("  ".join(map(str, row)) + "\n")


if __name__ == "__main__":
    main()
