"""The least count of people that may be shown, or cross between the banks: the rule of ten."""

from __future__ import annotations

from collections.abc import Iterable
from math import comb

# A wave may ask for more people, never for fewer. Ten is what the booth promises and what the
# published protocol (docs/protocol/v1.md, P5) and the database's constraints are written with:
# another number here is another promise, and needs a migration of tallies.
MINIMUM_CELL = 10


def chance_of_fewer(groups: Iterable[tuple[int, float]], minimum: int = MINIMUM_CELL) -> float:
    """Return the chance that fewer than ``minimum`` of some people answer, 0-1.

    Each answers independently with the chance of the own group: a sum of binomials, exact. Written
    out, because scipy takes longer to import than a plan takes to make.

    Args:
        groups: people, and the chance of each of them to answer.
        minimum: of answers.
    """
    chances = [1.0] + [0.0] * (minimum - 1)
    for people, chance in groups:
        own = [_binomial(people, chance, n) for n in range(minimum)]
        chances = [sum(chances[i] * own[n - i] for i in range(n + 1)) for n in range(minimum)]
    return min(1.0, sum(chances))


def _binomial(trials: int, chance: float, successes: int) -> float:
    if successes > trials:
        return 0.0
    return comb(trials, successes) * chance**successes * (1 - chance) ** (trials - successes)
