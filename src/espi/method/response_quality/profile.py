"""Removes the level from a respondent's answers, so that only the pattern is compared (C1 to C3).

Two people of one level agree often, which is no sign of coaching. So each answer is replaced by its
difference from what people of the same level give, and a good unit is not taken for a coached one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Singles = NDArray[np.float32]
Integers = NDArray[np.int64]

BAND_PEOPLE, BANDS_MOST = 100, 40  # respondents for each level band, and the most bands
NOTHING = 1e-4  # a difference shorter than this is rounding
RARE = 0.02  # an answer category rarer than this weighs as if it were this common


@dataclass(frozen=True, slots=True)
class Profile:
    """Answers as differences from what is expected at the respondent's own level.

    Attributes:
        level: mean of the answered items on 0–1, shape (n,); NaN where nothing was answered.
        pattern: unit vectors over item × category (C2), shape (n, m); zeros where nothing is left.
        residual: answer less its expectation (C3), shape (n, items), 0 where missing.
        spread: expected variance of the residual at that level, shape (n, items), 0 where missing.
        answered: whether the item was answered, shape (n, items).
    """

    level: Floats
    pattern: Singles
    residual: Singles
    spread: Singles
    answered: NDArray[np.bool_]


def scaled(answers: Floats) -> Floats:
    """Return the answers with every item on 0–1, shape as given; a constant item becomes 0."""
    answered = ~np.isnan(answers)
    low = np.where(answered, answers, np.inf).min(axis=0, initial=np.inf)
    high = np.where(answered, answers, -np.inf).max(axis=0, initial=-np.inf)
    reach = np.where(high > low, high - low, 1.0)
    scores: Floats = (answers - np.where(np.isfinite(low), low, 0.0)) / reach
    return scores


def levels(answers: Floats) -> Floats:
    """Return each respondent's mean over the answered items, shape (n,), 0–1 (C1)."""
    scores = scaled(answers)
    answered = ~np.isnan(scores)
    asked = answered.sum(axis=1)
    total = np.where(answered, scores, 0.0).sum(axis=1)
    level: Floats = np.where(asked > 0, total / np.maximum(asked, 1), np.nan)
    return level


def profile(answers: Floats) -> Profile:
    """Take the level out of every answer (C1 to C3).

    Args:
        answers: category codes in the order of the scale, shape (n, items), NaN where missing.
    """
    level, scores = levels(answers), scaled(answers)
    answered = ~np.isnan(scores)
    chosen, item = _chosen(answers, answered)
    bands, centres = _bands(level)
    asked = answered[:, item].astype(np.float32)
    expected = _at_level(chosen, asked, _ends(item), (bands, centres), level) * asked
    share = chosen.sum(axis=0) / np.maximum(asked.sum(axis=0), 1)
    difference = (chosen - expected) / np.sqrt(np.maximum(share, RARE))
    length = np.linalg.norm(difference, axis=1, keepdims=True)
    pattern = np.where(length > NOTHING, difference / np.maximum(length, NOTHING), 0.0)
    filled, seen = np.where(answered, scores, 0.0).astype(np.float32), answered.astype(np.float32)
    ends = np.stack([filled.min(axis=0, initial=0), filled.max(axis=0, initial=0)])
    mean = _at_level(filled, seen, ends, (bands, centres), level)
    square = _at_level(filled**2, seen, ends, (bands, centres), level)
    return Profile(
        level=level,
        pattern=pattern.astype(np.float32),
        residual=(filled - mean) * seen,
        spread=np.maximum(square - mean**2, 0.0) * seen,
        answered=answered,
    )


def _chosen(answers: Floats, answered: NDArray[np.bool_]) -> tuple[Singles, Integers]:
    """Return 1 for each chosen category of each item, shape (n, m), and each column's item."""
    columns, items = [np.zeros((answers.shape[0], 0), dtype=np.float32)], [0]
    for item in range(answers.shape[1]):
        codes = np.unique(answers[answered[:, item], item])
        columns.append((answers[:, [item]] == codes).astype(np.float32))
        items.append(codes.size)
    return np.hstack(columns), np.repeat(np.arange(-1, answers.shape[1]), items)


def _bands(level: Floats) -> tuple[Integers, Floats]:
    """Return the level band of each respondent (equal levels together) and each band's mean."""
    answered = level[~np.isnan(level)]
    if not answered.size:
        return np.zeros(level.shape, dtype=np.int64), np.zeros(1)
    count = int(np.clip(answered.size // BAND_PEOPLE, 1, BANDS_MOST))
    edges = np.unique(np.quantile(answered, np.arange(1, count) / count))
    placed = np.searchsorted(edges, np.nan_to_num(level), side="left")
    band = np.unique(placed, return_inverse=True)[1].astype(np.int64)
    has_level = ~np.isnan(level)
    people = np.bincount(band[has_level], minlength=band.max() + 1)
    centres = np.bincount(band[has_level], level[has_level], band.max() + 1) / np.maximum(people, 1)
    return band, centres


def _ends(item: Integers) -> Singles:
    """Return the categories chosen at level 0 (each item's first) and at level 1 (its last)."""
    edges = np.diff(item, prepend=-1, append=-1) != 0
    return np.stack([edges[:-1], edges[1:]]).astype(np.float32)


def _at_level(
    values: Singles,
    seen: Singles,
    ends: Singles,
    placed: tuple[Integers, Floats],
    level: Floats,
) -> Singles:
    """Return what people of a respondent's level give, interpolated between the bands' means.

    At levels 0 and 1 there is only one way to answer; those are the ends.
    """
    bands, centres = placed
    order = np.argsort(bands, kind="stable")
    starts = np.searchsorted(bands[order], np.arange(centres.size))
    total = np.add.reduceat(values[order], starts, axis=0, dtype=np.float64)
    asked = np.add.reduceat(seen[order], starts, axis=0, dtype=np.float64)
    table = np.vstack([ends[:1], total / np.maximum(asked, 1), ends[1:]]).astype(np.float32)
    heights = np.concatenate([[0.0], centres, [1.0]])
    at = np.interp(np.nan_to_num(level), heights, np.arange(heights.size))
    below = at.astype(np.int64)
    above = np.minimum(below + 1, heights.size - 1)
    part = (at - below).astype(np.float32)[:, None]
    mixed: Singles = table[below] * (1 - part) + table[above] * part
    return mixed


def expected_share(answers: Floats) -> Floats:
    """Return how common each given answer is among people of that level, (n, items), 0–1 (F7).

    Missing answers have 1: nothing follows from them.
    """
    level, answered = levels(answers), ~np.isnan(answers)
    chosen, item = _chosen(answers, answered)
    bands, centres = _bands(level)
    asked = answered[:, item].astype(np.float32)
    usual = _at_level(chosen, asked, _ends(item), (bands, centres), level)
    share = np.ones(answers.shape)
    for number in range(answers.shape[1]):
        of_item = item == number
        chosen_share = (chosen[:, of_item] * usual[:, of_item]).sum(axis=1)
        share[:, number] = np.where(answered[:, number], chosen_share, 1.0)
    return share
