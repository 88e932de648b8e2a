"""Who is drawn: the same people on any machine, from the published seed."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import sha256


def rank(seed: str, unit: str) -> bytes:
    """Return the place of a unit in the draw, 32 bytes: SHA-256 of the seed and its identifier."""
    return sha256(f"{seed}\x00{unit}".encode()).digest()


def select(units: Iterable[str], seed: str, n: int) -> list[str]:
    """Draw ``n`` units without replacement, each subset equally likely (M4).

    The order of ``units`` does not matter.
    """
    return sorted(units, key=lambda unit: rank(seed, unit))[:n]
