"""Random numbers of a run, the same for the same seed, and the ranks drawn with them (M27)."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

import numpy as np

from espi.method.comparison.ranks import rank_sets
from espi.method.index.document import IndexEstimate, Rank


def generator(seed: str, purpose: str) -> np.random.Generator:
    """Return the generator of one purpose, the same for the same seed on any machine."""
    return np.random.default_rng(int.from_bytes(sha256(f"{seed}\x00{purpose}".encode()).digest()))


def ranks_of(estimates: Sequence[IndexEstimate], seed: str) -> dict[str, Rank]:
    """Return, by code, where the true rank of every agency may lie (M27).

    Args:
        estimates: of the agencies that have an index; the others have no rank.
        seed: of the run.
    """
    if len(estimates) < 2:  # noqa: PLR2004 one has no rank
        return {}
    value = np.array([estimate.index for estimate in estimates])
    se = np.array([estimate.se for estimate in estimates])
    sets = rank_sets(value, se, generator(seed, "ranks"))
    return {
        estimate.code: Rank(
            estimated=int(sets.rank[number]),
            best=int(sets.best[number]),
            worst=int(sets.worst[number]),
            alike=int(sets.alike(number).size) - 1,
        )
        for number, estimate in enumerate(estimates)
    }
