"""How a sample is shared among strata, with totals that are exact."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def proportional(total: int, populations: Sequence[int], minimum: int = 0) -> list[int]:
    """Share ``total`` in proportion to the populations, by largest remainder (M3).

    Every stratum gets at least ``minimum`` (or all its people, if fewer); none gets more than it
    has; the sum is exactly ``total``, or everybody where ``total`` is larger.

    Args:
        total: units to allocate.
        populations: people per stratum, shape (h,).
        minimum: least number per stratum.
    """
    floor = [min(minimum, size) for size in populations]
    total = max(min(total, sum(populations)), sum(floor))
    given = floor
    while (left := total - sum(given)) > 0:
        room = [size - n for size, n in zip(populations, given, strict=True)]
        open_to = [size if free else 0 for size, free in zip(populations, room, strict=True)]
        shares = [Fraction(left * size, sum(open_to)) for size in open_to]
        whole = [min(int(share), free) for share, free in zip(shares, room, strict=True)]
        if not any(whole):
            order = sorted(range(len(room)), key=lambda h: (-shares[h], h))
            for h in [h for h in order if room[h]][:left]:
                whole[h] = 1
        given = [n + more for n, more in zip(given, whole, strict=True)]
    return given
