"""Selects units: the same on any machine, from the published seed (docs/method, M4)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256


def rank(seed: str, unit: str) -> bytes:
    """Return the place of a unit in the draw, 32 bytes: SHA-256 of the seed and its identifier."""
    return sha256(f"{seed}\x00{unit}".encode()).digest()


def select(units: Iterable[str], seed: str, n: int) -> list[str]:
    """Draw ``n`` units without replacement, each subset equally likely (M4).

    The order of ``units`` does not matter.

    Args:
        units: identifiers, each once.
        seed: as published.
        n: how many; all where there are fewer.
    """
    return sorted(units, key=lambda unit: rank(seed, unit))[:n]


def reserves(
    units: Iterable[str], seed: str, n: int, replicates: int, size: int
) -> tuple[list[str], list[list[str]]]:
    """Draw ``n`` units and, behind them, reserve replicates of ``size`` each (M4).

    The draw and any number of released replicates are together a simple random sample, because
    they are the first units of one random order. A replicate is released whole or not at all.

    Args:
        units: identifiers, each once.
        seed: as published.
        n: units of the first draw.
        replicates: how many reserve replicates at most.
        size: units in each.

    Returns:
        The first draw, and the replicates that the stratum has units for, in order of release.
    """
    order = sorted(units, key=lambda unit: rank(seed, unit))
    tail = order[n : n + replicates * size]
    return order[:n], [tail[start : start + size] for start in range(0, len(tail), size)]


def systematic(units: Mapping[str, Sequence[str]], seed: str, n: int) -> list[str]:
    """Draw ``n`` units at even steps through the list in the order of its keys (M4).

    The keys stratify implicitly: each run of equal keys gets its share to within one unit. Units of
    equal keys are in random order, and the start is random, both from the seed.

    Args:
        units: per unit the values it is sorted by, such as unit of work and grade.
        seed: as published.
        n: how many.

    Source: Särndal, Swensson and Wretman (1992), section 3.4 (fractional interval).
    """
    order = sorted(units, key=lambda unit: (*units[unit], rank(seed, unit)))
    if n >= len(order):
        return order
    start = int.from_bytes(rank(seed, "systematic start")[:8]) * len(order)
    return [order[(start + (k * len(order) << 64)) // (n << 64)] for k in range(n)]
