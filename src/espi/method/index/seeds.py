"""What is drawn in a run: the same for the same seed, on any machine (docs/method, M27)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

import numpy as np

from espi.method.comparison.ranks import rank_sets


def generator(seed: str, purpose: str) -> np.random.Generator:
    """Return the generator of one purpose, the same for the same seed on any machine."""
    return np.random.default_rng(int.from_bytes(sha256(f"{seed}\x00{purpose}".encode()).digest()))


def ranks_of(agencies: Sequence[Mapping[str, Any]], seed: str) -> dict[str, dict[str, int]]:
    """Return, by code, where the true rank of every agency with an index may lie (M27).

    Args:
        agencies: with ``code``, ``index`` and ``se``; those without an index have no rank.
        seed: of the run.
    """
    shown = [agency for agency in agencies if agency["index"] is not None]
    if len(shown) < 2:  # noqa: PLR2004 one has no rank
        return {}
    value = np.array([agency["index"] for agency in shown])
    se = np.array([agency["se"] for agency in shown])
    sets = rank_sets(value, se, generator(seed, "ranks"))
    return {
        agency["code"]: {
            "place": int(sets.rank[number]),
            "best": int(sets.best[number]),
            "worst": int(sets.worst[number]),
            "alike": int(sets.alike(number).size) - 1,
        }
        for number, agency in enumerate(shown)
    }
