"""Classifies records as complete, partial or broken off, and counts straight-lining (M13)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Shares of the applicable scored items answered, as in the example of AAPOR's Standard Definitions.
COMPLETE, PARTIAL = 0.8, 0.5


@dataclass(frozen=True, slots=True)
class Completeness:
    """How many records are complete, partial, or broken off; a break-off is not estimated from."""

    complete: int
    partial: int
    break_off: int


def answered_share(extract: pl.DataFrame, items: Sequence[str]) -> NDArray[np.float64]:
    """Return the share of the applicable items that each record answered, 0–1, shape (n,)."""
    answered = np.vstack([extract[f"a.{code}"].is_not_null().to_numpy() for code in items])
    exempt = [
        extract[f"n.{code}"].fill_null(value=False).to_numpy()
        for code in items
        if f"n.{code}" in extract.columns
    ]
    asked = len(items) - np.sum(exempt, axis=0) if exempt else np.float64(len(items))
    share: NDArray[np.float64] = answered.sum(axis=0) / np.maximum(asked, 1)
    return share


def usable(
    extract: pl.DataFrame, items_of_group: Mapping[str, Sequence[str]]
) -> tuple[pl.DataFrame, Completeness]:
    """Return the records with at least half of the items of their group answered, and the counts.

    Args:
        extract: opened answers, with columns ``group``, ``a.ITEM`` and ``n.ITEM`` (not applicable).
        items_of_group: codes of the scored items of each group.
    """
    share = np.zeros(extract.height)
    groups = extract["group"].to_numpy()
    for group, items in items_of_group.items():
        in_group = groups == group
        if in_group.any():
            share[in_group] = answered_share(extract, items)[in_group]
    counts = Completeness(
        complete=int((share >= COMPLETE).sum()),
        partial=int(((share >= PARTIAL) & (share < COMPLETE)).sum()),
        break_off=int((share < PARTIAL).sum()),
    )
    return extract.filter(pl.Series(share >= PARTIAL)), counts


def straight_lining(extract: pl.DataFrame, items_of_group: Mapping[str, Sequence[str]]) -> int:
    """Return how many records gave the very same answer to every scored item they answered.

    A flag on the wave, never a deletion: an honest person may do so on a short scale.
    """
    return int(straight_lined(extract, items_of_group).sum())


def straight_lined(
    extract: pl.DataFrame, items_of_group: Mapping[str, Sequence[str]]
) -> NDArray[np.bool_]:
    """Return which records gave one answer to every scored item they answered, shape (n,).

    A record that answered a single item gave no second answer to compare; it is not one of them.
    """
    flagged = np.zeros(extract.height, dtype=bool)
    groups = extract["group"].to_numpy()
    for group, items in items_of_group.items():
        in_group = np.flatnonzero(groups == group)
        if in_group.size and items:
            table = extract[in_group].select([f"a.{code}" for code in items]).to_numpy()
            table = table.astype(np.float64)
            own = np.flatnonzero((~np.isnan(table)).sum(axis=1) > 1)
            span = np.nanmax(table[own], axis=1) - np.nanmin(table[own], axis=1)
            flagged[in_group[own]] = span == 0
    return flagged
