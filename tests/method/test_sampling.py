"""How many, where, and who (docs/method, M1 to M4)."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from espi.method.sampling.allocation import neyman, power, shared
from espi.method.sampling.selection import reserves, select, systematic

N, S = [3000, 4000, 5000, 2000], [48, 79, 76, 16]


def test_the_published_optimum_allocation():
    """The four strata in the documentation of R's stratallo: 31.38, 68.85, 82.80, 6.97 (M3)."""
    assert neyman(190, N, S) == [31, 69, 83, 7]


def test_the_published_allocation_under_upper_bounds():
    """The same with at most 100, 90, 70, 80: 35.12, 77.07, 70, 7.80 (M3)."""
    measures = [n * s for n, s in zip(N, S, strict=True)]

    assert shared(190, measures, [100, 90, 70, 80]) == [35, 77, 70, 8]


def test_the_optimum_is_the_optimum():
    """No allocation that moves one unit has a smaller variance (M3)."""
    best = neyman(190, N, S, 2)

    def spread(allocation):
        return sum(Fraction(n * s) ** 2 / take for n, s, take in zip(N, S, allocation, strict=True))

    for giver in range(4):
        for taker in range(4):
            moved = list(best)
            moved[giver] -= 1
            moved[taker] += 1
            if moved != best and min(moved) >= 2:
                assert spread(moved) >= spread(best) * Fraction(9999, 10000)


def test_power_lies_between_equal_and_proportional():
    """Exponent 0 shares equally, 1 proportionally, one half by the square root (M3)."""
    sizes = [100, 400, 1600]

    assert power(30, sizes, 0) == [10, 10, 10]
    assert power(210, sizes, 1) == [10, 40, 160]
    assert power(70, sizes, 0.5) == [10, 20, 40]
    assert power(5, [0, 9, 9], 0.5) == [0, 3, 2]


def test_strata_without_spread_get_what_is_left():
    """Where all is known of a stratum it gets its minimum, until the others are full (M3)."""
    assert neyman(10, [50, 50], [0, 3]) == [0, 10]
    assert neyman(60, [50, 50], [0, 3], 2) == [10, 50]
    assert neyman(100, [50, 50], [0, 0]) == [50, 50]


@given(
    sizes=st.lists(st.integers(0, 3000), min_size=1, max_size=9),
    spread=st.lists(st.floats(0, 50), min_size=9, max_size=9),
    share=st.floats(0, 1.2),
    minimum=st.integers(0, 4),
)
def test_every_allocation_is_exact_and_within_bounds(sizes, spread, share, minimum):
    """The sum is the total, whatever the measure; nobody is drawn who is not there (M3)."""
    wanted = int(share * sum(sizes))
    floor = [min(minimum, size) for size in sizes]
    for given_out in (
        neyman(wanted, sizes, spread[: len(sizes)], minimum),
        power(wanted, sizes, 0.5, minimum),
    ):
        assert sum(given_out) == max(min(wanted, sum(sizes)), sum(floor))
        assert all(f <= n <= size for f, n, size in zip(floor, given_out, sizes, strict=True))


UNITS = [f"u{number:03d}" for number in range(60)]


def test_reserves_follow_the_draw_in_the_same_order():
    """Draw and released replicates are the first units of one random order (M4)."""
    first, more = reserves(UNITS, "seed", 20, replicates=3, size=15)

    assert first == select(UNITS, "seed", 20)
    assert [len(replicate) for replicate in more] == [15, 15, 10]
    assert first + more[0] == select(UNITS, "seed", 35)


def test_a_systematic_draw_takes_even_steps():
    """Every run of equal keys has its share to within one unit, at any seed (M4)."""
    keyed = {unit: (f"work unit {number // 12}",) for number, unit in enumerate(UNITS)}
    for seed in range(40):
        drawn = systematic(keyed, str(seed), 17)
        counts = Counter(keyed[unit] for unit in drawn)

        assert len(set(drawn)) == 17
        assert all(3 <= counts[key] <= 4 for key in set(keyed.values()))
    assert systematic(keyed, "x", 99) == sorted(
        keyed, key=lambda u: systematic(keyed, "x", 99).index(u)
    )


@pytest.mark.parametrize("draw", [
    lambda seed: select(UNITS[:12], seed, 3),
    lambda seed: systematic(dict.fromkeys(UNITS[:12], ()), seed, 3),
    lambda seed: systematic({unit: (unit[:3],) for unit in UNITS[:12]}, seed, 5),
])  # fmt: skip
def test_every_unit_has_the_same_chance(draw):
    """Over 3,000 seeds the number of times each unit is drawn fits n/N (M4)."""
    counts = Counter(unit for seed in range(3000) for unit in draw(str(seed)))
    chances = np.array([counts[unit] for unit in UNITS[:12]])

    assert stats.chisquare(chances).pvalue > 1e-3
