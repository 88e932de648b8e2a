"""Honest and coached respondents of an invented nation; the graded response model of Samejima.

Used by ``tools/power_study.py`` and the tests; no survey data are in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Honest:
    """How much honest people have in common.

    Attributes:
        items: scored questions, each with five categories 1–5.
        unit: share of the variance of levels that lies between units, 0–1.
        unit_item: standard deviation of a unit's own view of each question, in logits.
        agency_item: the same for agencies.
        missing: share of questions left out at random.
    """

    items: int = 30
    unit: float = 0.1
    unit_item: float = 0.0
    agency_item: float = 0.0
    missing: float = 0.03


@dataclass(frozen=True, slots=True)
class Coached:
    """How a unit was coached: a share of its people copy a pattern, item by item."""

    share: float
    similarity: float
    pattern: str = "form"  # a satisfied person's filled-in form; "best": the best answer everywhere


@dataclass(frozen=True, slots=True)
class Nation:
    """Answers 1–5, NaN where missing, shape (n, items); unit and agency of each row, 0-based."""

    answers: Floats
    unit: Integers
    agency: Integers


def nation(
    rng: np.random.Generator, sizes: Sequence[int], model: Honest, *, units_per_agency: int = 20
) -> Nation:
    """Return honest answers of units of the given sizes."""
    discrimination = rng.lognormal(0.4, 0.3, model.items)
    middle = rng.normal(-0.8, 0.7, model.items)
    steps = middle[:, None] + np.array([-1.5, -0.5, 0.5, 1.5]) * rng.uniform(
        0.7, 1.3, (model.items, 1)
    )
    unit = np.repeat(np.arange(len(sizes)), sizes)
    of_unit = np.arange(len(sizes)) // units_per_agency
    level = np.sqrt(model.unit) * rng.normal(size=len(sizes))
    person = level[unit] + np.sqrt(1 - model.unit) * rng.normal(size=unit.size)
    view = rng.normal(0, model.unit_item, (len(sizes), model.items))
    view += rng.normal(0, model.agency_item, (of_unit.max() + 1, model.items))[of_unit]
    answers = _graded(
        rng, discrimination * person[:, None] + view[unit], discrimination[:, None] * steps
    )
    answers[rng.random(answers.shape) < model.missing] = np.nan
    return Nation(answers, unit, of_unit[unit])


def _graded(rng: np.random.Generator, push: Floats, steps: Floats) -> Floats:
    """Return graded answers 1–5: the steps passed by a latent answer with logistic noise."""
    latent = push + rng.logistic(size=push.shape)
    answers = np.ones(push.shape)
    for step in range(4):
        answers += latent > steps[:, step]
    return answers


def coach(rng: np.random.Generator, whole: Nation, unit: int, how: Coached) -> Nation:
    """Return the nation with one unit coached; the form is that of a satisfied person elsewhere."""
    answers = whole.answers.copy()
    members = np.flatnonzero(whole.unit == unit)
    chosen = rng.permutation(members)[: round(how.share * members.size)]
    if how.pattern == "best":
        form = np.full(answers.shape[1], 5.0)
    else:
        level = np.nanmean(whole.answers, axis=1)
        satisfied = np.flatnonzero(level >= np.quantile(level, 0.8))
        form = np.nan_to_num(whole.answers[rng.choice(satisfied)], nan=5.0)
    copied = rng.random((chosen.size, answers.shape[1])) < how.similarity
    answers[chosen] = np.where(copied, form, answers[chosen])
    return Nation(answers, whole.unit, whole.agency)
