"""A small nation: agencies, service areas, categories, and people's scores of two targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl
import pytest

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Strata
from espi.method.small_areas.direct import DirectScores, Sampled, direct_scores
from espi.method.small_areas.layout import AreaLayout, lay_out_areas

CATEGORIES = ("civil-registry", "health", "licensing", "transport")


@dataclass(frozen=True)
class Nation:
    sampled: Sampled
    layout: AreaLayout
    people: np.ndarray
    direct: DirectScores


def nation(agencies=8, areas=4, answers=15, *, seed=3, spread=6.0, types=("regency",)):
    """Return a nation in which each area has a level of its own and answers of unlike weight."""
    rng = np.random.default_rng(seed)
    n = agencies * areas * answers
    agency = np.repeat(np.arange(agencies), areas * answers)
    area = np.tile(np.repeat(np.arange(areas), answers), agencies)
    level = 70 + rng.normal(0, 4, agencies)[agency]
    level = level + rng.normal(0, spread, (agencies, areas))[agency, area] + 2 * area
    people = np.clip(level[:, None] + rng.normal(0, 14, (n, 2)), 0, 100)
    stratum = agency * 2 + rng.integers(0, 2, n)
    respondents = np.bincount(stratum, minlength=2 * agencies).astype(float)
    people_of = np.ceil(respondents * rng.uniform(3, 9, respondents.size))
    weight = (people_of / respondents)[stratum]
    codes = pl.Series([f"a{a}" for a in area])
    categories = {
        (a, f"a{k}"): CATEGORIES[k % len(CATEGORIES)] for a in range(agencies) for k in range(areas)
    }
    layout = lay_out_areas(
        Partition(agency, agencies),
        codes,
        np.ones(n, dtype=bool),
        [types[a % len(types)] for a in range(agencies)],
        categories,
    )
    sampled = Sampled(weight, stratum, Strata(respondents, people_of))
    direct = direct_scores(sampled, layout, ("component", "service"), people)
    return Nation(sampled, layout, people, direct)


@pytest.fixture(scope="session")
def small_nation():
    """Eight agencies of four areas of fifteen answers."""
    return nation()
