"""From answers to respondents' scores (docs/method, M13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class ScoredItem:
    """What the index needs to know of a question.

    Attributes:
        minimum: lowest value of the scale.
        maximum: highest value of the scale.
        reversed: a high value means low integrity.
        prevalence: also reported as a share of people who saw, heard or experienced it.
        label: the question, per language.
        weight: within its dimension.
    """

    code: str
    group: str
    dimension: str
    minimum: float
    maximum: float
    reversed: bool
    prevalence: bool
    label: Mapping[str, str]
    weight: float = 1.0


def item_score(item: ScoredItem, values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return 100·(x − min)/(max − min), flipped where reversed; missing stays NaN, shape (n,)."""
    score = 100 * (values - item.minimum) / (item.maximum - item.minimum)
    return 100 - score if item.reversed else score


def answers_of(extract: pl.DataFrame, item: ScoredItem) -> NDArray[np.float64]:
    """Return the answers to an item, NaN where there is none, shape (n,)."""
    column = f"a.{item.code}"
    if column not in extract.columns:
        return np.full(extract.height, np.nan)
    return extract[column].cast(pl.Float64).fill_null(np.nan).to_numpy().astype(np.float64)


def applicable(extract: pl.DataFrame, item: ScoredItem) -> NDArray[np.bool_]:
    """Return whom an item concerned: not those to whom it does not apply, shape (n,)."""
    column = f"n.{item.code}"
    if column not in extract.columns:
        return np.ones(extract.height, dtype=bool)
    return ~extract[column].fill_null(value=False).to_numpy()


def dimension_score(
    scores: Sequence[NDArray[np.float64]],
    minimum_answered: float,
    weights: NDArray[np.float64] | None = None,
    concerned: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return each respondent's weighted mean of the answered items, shape (n,).

    NaN where fewer than ``minimum_answered`` of the applicable items were answered.

    Args:
        scores: per item, shape (n,), NaN where missing.
        minimum_answered: 0–1.
        weights: of the items; equal where not given.
        concerned: how many of the items applied to each respondent, shape (n,); all if not given.
    """
    weights = np.ones(len(scores)) if weights is None else weights
    asked = np.full(scores[0].size, float(len(scores))) if concerned is None else concerned
    count, whole, top = (np.zeros(scores[0].size) for _ in range(3))
    for score, weight in zip(scores, weights, strict=True):
        answered = ~np.isnan(score)
        count += answered
        whole += np.where(answered, weight, 0.0)
        top += np.where(answered, weight * score, 0.0)
    enough = count >= np.maximum(1.0, minimum_answered * asked)
    return np.where(enough, top / np.where(whole > 0, whole, 1), np.nan)
