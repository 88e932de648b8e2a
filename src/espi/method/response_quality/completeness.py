"""What counts as a complete answer, and answers that look careless. Nothing is deleted here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

COMPLETE, PARTIAL = 0.8, 0.5  # shares of the scored items answered


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
    """Return the records with at least half of the items of their group, and the counts."""
    share = np.zeros(extract.height)
    groups = extract["group"].to_numpy()
    for group, items in items_of_group.items():
        mine = groups == group
        if mine.any():
            share[mine] = answered_share(extract, items)[mine]
    told = Completeness(
        complete=int((share >= COMPLETE).sum()),
        partial=int(((share >= PARTIAL) & (share < COMPLETE)).sum()),
        break_off=int((share < PARTIAL).sum()),
    )
    return extract.filter(pl.Series(share >= PARTIAL)), told


def straight_lining(extract: pl.DataFrame, items_of_group: Mapping[str, Sequence[str]]) -> int:
    """Return how many records gave the very same answer to every scored item they answered.

    A flag on the wave, never a deletion: an honest person may do so on a short scale.
    """
    flagged = 0
    for group, items in items_of_group.items():
        rows = extract.filter(pl.col("group") == group).select([f"a.{code}" for code in items])
        if rows.height:
            table = rows.to_numpy()
            known = (~np.isnan(table)).sum(axis=1) > 1
            span = np.nanmax(table[known], axis=1) - np.nanmin(table[known], axis=1)
            flagged += int((span == 0).sum())
    return flagged
