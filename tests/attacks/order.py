"""How much of the order of arrival lies in bytes: Kendall's score, in its standard deviations."""

from __future__ import annotations

from itertools import combinations
from math import sqrt

CHANCE = 5  # standard deviations: two runs in a million are called found by luck
# So many at once, and how often it is tried: often enough to find, by about ten deviations, what
# a table of SQLite sorted by name keeps within its pages (two pairs of three in order, at 20).
WAITING = {3: 40, 7: 20, 20: 160, 100: 64}
PAGE = 65536  # bytes of a page of SQLite that holds ballots
SMALL_PAGE = 4096


def on_one_page(places, page):
    """Cut places, in the order of arrival, into those of each page, in the same order."""
    pages = {}
    for place in places:
        pages.setdefault(place // page, []).append(place)
    return list(pages.values())


def deviations(arrangements):
    """Return Kendall's score over all arrangements, in standard deviations; 0 is pure chance.

    An arrangement holds the places in a file of things in the order of their arrival. By chance
    the variance in n things is n (n - 1) (2 n + 5) / 18 (Kendall, 1938).
    """
    score = variance = 0
    for places in arrangements:
        assert -1 not in places
        assert len(set(places)) == len(places)
        score += sum(1 if b > a else -1 for a, b in combinations(places, 2))
        n = len(places)
        variance += n * (n - 1) * (2 * n + 5) / 18
    return score / sqrt(variance) if variance else 0.0


def worst(arrangements, page):
    """Return the larger deviation of two looks: at the whole file, and within each page."""
    within = [one for places in arrangements for one in on_one_page(places, page)]
    return max(abs(deviations(arrangements)), abs(deviations(within)))
