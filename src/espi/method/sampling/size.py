"""Computes how many answers are needed, and how many invitations (docs/method, M1 and M2)."""

from __future__ import annotations

from math import ceil

Z_95 = 1.959963984540054


def required_size(
    population: int, margin_of_error: float, *, share: float = 0.5, deff: float = 1.0
) -> int:
    """Return the number of answers for a margin of error at 95 % (M1).

    Computed in one go and rounded up once; never more than the population.

    Args:
        population: people in the population, 0 or more.
        margin_of_error: half the width of the interval of a share, 0–1.
        share: the share assumed, 0–1; one half is the worst case.
        deff: design effect, 1 for simple random sampling.

    Source: Cochran (1977), Sampling Techniques, section 4.4.
    """
    if population <= 0:
        return 0
    unlimited = Z_95**2 * share * (1 - share) * deff / margin_of_error**2
    return min(population, ceil(round(unlimited / (1 + unlimited / population), 9)))


def invitations(required: int, expected_response: float, population: int) -> int:
    """Return how many to invite so that ``required`` answers may be expected (M2).

    Args:
        required: answers wanted.
        expected_response: share of the invited who answer, above 0, at most 1.
        population: people who can be invited.
    """
    return min(population, ceil(round(required / expected_response, 9)))
