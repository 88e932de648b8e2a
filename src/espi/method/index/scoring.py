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
    """

    code: str
    group: str
    dimension: str
    minimum: float
    maximum: float
    reversed: bool
    prevalence: bool
    label: Mapping[str, str]


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


def dimension_score(
    scores: Sequence[NDArray[np.float64]], minimum_answered: float
) -> NDArray[np.float64]:
    """Return each respondent's mean of the answered items, shape (n,).

    NaN where fewer than ``minimum_answered`` of the items were answered.
    """
    table = np.vstack(scores)
    answered = ~np.isnan(table)
    count = answered.sum(axis=0)
    sums = np.where(answered, table, 0.0).sum(axis=0)
    enough = count >= max(1.0, minimum_answered * len(scores))
    return np.where(enough, sums / np.maximum(count, 1), np.nan)
