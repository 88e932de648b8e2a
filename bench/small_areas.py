"""``make bench``: service areas of a nation, beside their direct estimates and beside bare means.

640 agencies of 12 services with 30 answers each, a component and three dimensions, unequal weights and
finite populations: direct estimates, models, errors, verdicts. Baselines of the same run: direct
estimates with their errors, and weighted means alone.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import polars as pl

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Strata
from espi.method.small_areas.direct import DirectScores, Sampled, direct_scores
from espi.method.small_areas.estimates import ChoiceRule, area_scores
from espi.method.small_areas.layout import AreaLayout, lay_out_areas
from espi.method.verdicts.verdict import VerdictRule, verdicts

AGENCIES, SERVICES, ANSWERS, CATEGORIES = 640, 12, 30, 14
TARGETS = ("component", "staff", "service", "prevention")
TYPES = ("ministry", "province", "regency", "city")
ROUNDS = 3
if "--small" in sys.argv:  # a few of everything: the tests run that
    AGENCIES, ROUNDS = 20, 1


@dataclass(frozen=True)
class Nation:
    sampled: Sampled
    layout: AreaLayout
    people: np.ndarray


def nation() -> Nation:
    """Return the answers of an invented nation."""
    rng = np.random.default_rng(20261130)
    n = AGENCIES * SERVICES * ANSWERS
    agency = np.repeat(np.arange(AGENCIES), SERVICES * ANSWERS)
    area = np.tile(np.repeat(np.arange(SERVICES), ANSWERS), AGENCIES)
    level = 75 + rng.normal(0, 4, AGENCIES)[agency] + area / 3
    level += rng.normal(0, 4, (AGENCIES, SERVICES))[agency, area]
    people = np.clip(level[:, None] + rng.normal(0, 15, (n, len(TARGETS))), 0, 100)
    stratum = agency * SERVICES + rng.integers(0, SERVICES, n)
    respondents = np.bincount(stratum, minlength=AGENCIES * SERVICES).astype(float)
    population = np.ceil(respondents * rng.uniform(3, 9, respondents.size))
    categories = {
        (a, f"s{s}"): f"c{(5 * s + a) % CATEGORIES}"
        for a in range(AGENCIES)
        for s in range(SERVICES)
    }
    layout = lay_out_areas(
        Partition(agency, AGENCIES),
        pl.Series([f"s{s}" for s in range(SERVICES)])[area.tolist()],
        np.ones(n, dtype=bool),
        [TYPES[a % len(TYPES)] for a in range(AGENCIES)],
        categories,
    )
    weight = (population / np.maximum(respondents, 1))[stratum]
    return Nation(Sampled(weight, stratum, Strata(respondents, population)), layout, people)


def direct(of: Nation) -> DirectScores:
    """Return the direct estimates with their errors and intervals."""
    return direct_scores(of.sampled, of.layout, TARGETS, of.people)


def whole(of: Nation, rule: ChoiceRule) -> None:
    """Estimate directly and by a model, and judge every area on every target."""
    estimates = direct(of)
    for k, scores in enumerate(area_scores(estimates, of.layout, rule)):
        verdicts(scores, of.layout, estimates.n[:, k], VerdictRule(73.0, 78.0))


def bare(of: Nation) -> list[np.ndarray]:
    """Return the weighted means of all areas alone."""
    area, w = of.layout.of.domain, of.sampled.weight
    return [np.bincount(area, w * y) / np.bincount(area, w) for y in of.people.T]


def seconds(work: Callable[[], object]) -> float:
    """Return the median time of some rounds, after one to warm up."""
    times = []
    for _round in range(ROUNDS + 1):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return sorted(times[1:])[ROUNDS // 2]


def main() -> None:
    """Measure, and print it."""
    of = nation()
    means, estimates = seconds(lambda: bare(of)), seconds(lambda: direct(of))
    size = f"{AGENCIES} agencies x {SERVICES} services x {len(TARGETS)} scores"
    for name, rule in (
        ("unit-level", ChoiceRule(unlike=9.0)),
        ("area-level", ChoiceRule(unlike=-1.0)),
    ):
        took = seconds(lambda rule=rule: whole(of, rule))
        ratios = f"{took / estimates:.1f} x direct estimates, {took / means:.0f} x bare means"
        print(f"small areas by the {name} model, and verdicts: {size:<42} {took:6.2f} s   {ratios}")


if __name__ == "__main__":
    main()
