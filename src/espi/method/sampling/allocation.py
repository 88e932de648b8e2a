"""Allocates a sample to strata, with exact totals (docs/method, M3)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction


def neyman(
    total: int, populations: Sequence[int], deviations: Sequence[float], minimum: int = 0
) -> list[int]:
    """Share ``total`` in proportion to N_h·S_h, which makes the variance of the mean least (M3).

    Args:
        total: units to allocate.
        populations: people per stratum, shape (h,).
        deviations: standard deviation of the score in each stratum, shape (h,).
        minimum: least number per stratum.

    Source: Neyman (1934), J. R. Stat. Soc. 97(4); Cochran (1977), section 5.5.
    """
    measures = [n * Fraction(s) for n, s in zip(populations, deviations, strict=True)]
    return shared(total, measures, populations, minimum)


def power(total: int, populations: Sequence[int], exponent: float, minimum: int = 0) -> list[int]:
    """Share ``total`` in proportion to N_h to a power: from equal (0) to proportional (1) (M3).

    Args:
        total: units to allocate.
        populations: people per stratum, shape (h,).
        exponent: 0–1; one half is the usual compromise.
        minimum: least number per stratum.

    Source: Bankier (1988), The American Statistician 42(3), with equal coefficients of variation.
    """
    return shared(
        total, [size**exponent if size else 0 for size in populations], populations, minimum
    )


def shared(
    total: int,
    measures: Sequence[Fraction | float],
    populations: Sequence[int],
    minimum: int = 0,
) -> list[int]:
    """Share ``total`` in proportion to measures, within bounds, by largest remainder.

    No stratum gets less than ``minimum`` or more than its people; the sum is exactly ``total``, or
    what the bounds allow. The optimum under such bounds is proportional where no bound is met.

    Args:
        total: units to allocate.
        measures: not negative, shape (h,).
        populations: people per stratum, shape (h,).
        minimum: least number per stratum, or all its people if there are fewer.

    Source: Wesołowski, Wieczorkowski and Wójciak (2021), Journal of Survey Statistics and
    Methodology 10(5), for the bounds; largest remainder for the rounding.
    """
    lower = [min(minimum, size) for size in populations]
    total = max(min(total, sum(populations)), sum(lower))
    exact = _bounded_shares(total, [Fraction(m) for m in measures], lower, populations)
    whole = [int(share) for share in exact]
    order = sorted(range(len(whole)), key=lambda h: (whole[h] - exact[h], h))
    for h in order[: total - sum(whole)]:
        whole[h] += 1
    return whole


def _bounded_shares(
    total: int, measures: Sequence[Fraction], lower: Sequence[int], upper: Sequence[int]
) -> list[Fraction]:
    """Return level·measure cut at the bounds, with the level at which they sum to the total."""

    def shares_at(level: Fraction) -> list[Fraction]:
        return [
            min(max(level * m, Fraction(low)), Fraction(high))
            for m, low, high in zip(measures, lower, upper, strict=True)
        ]

    breakpoints = {Fraction(0)}
    for m, low, high in zip(measures, lower, upper, strict=True):
        if m:
            breakpoints |= {low / m, high / m}
    steps = sorted(breakpoints)
    full = sum(shares_at(steps[-1]))
    if full <= total:  # only strata without a measure have room left
        return _share_remainder(total, shares_at(steps[-1]), upper)
    low, high = 0, len(steps) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if sum(shares_at(steps[middle])) <= total else (low, middle)
    below, above = sum(shares_at(steps[low])), sum(shares_at(steps[high]))
    part = Fraction(total - below) / (above - below)
    return shares_at(steps[low] + part * (steps[high] - steps[low]))


def _share_remainder(total: int, shares: list[Fraction], upper: Sequence[int]) -> list[Fraction]:
    room = [high - share for share, high in zip(shares, upper, strict=True)]
    whole = sum(room)
    if not whole:
        return shares
    remaining = total - sum(shares)
    return [share + remaining * free / whole for share, free in zip(shares, room, strict=True)]
