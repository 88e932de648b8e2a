"""Replicate weights: bootstrap, jackknife and half-samples (docs/method, M20 and M52).

They check the Taylor variance and serve where there is no linearisation, as for medians and ranks.
Replicates are not stored, because seed and design reproduce them.
"""

from __future__ import annotations

from math import isqrt

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import ImpossibleDesign, LonelyPSU
from espi.method.estimation.kernel import Index, Strata

Matrix = NDArray[np.float64]
PAIR = 2  # units of a stratum that half-samples split


def rao_wu(stratum: Index, strata: Strata, replicates: int, rng: np.random.Generator) -> Matrix:
    r"""Return what each unit's weight is multiplied by in each replicate, (replicates, c).

    In a stratum of n units n − 1 are drawn with replacement; r counts how often each one was:

    .. math:: 1 + \sqrt{1 - n/N} \, (\tfrac{n}{n-1} r - 1)

    so finite population correction is in, and no weight is negative. A stratum taken whole keeps
    its weights.

    Args:
        stratum: stratum of each unit, shape (c,).
        strata: their sampled units and populations.
        replicates: how many.
        rng: source of the draws.

    Raises:
        LonelyPSU: a stratum has a single unit and more people.

    Source: Rao and Wu (1988), J. Am. Stat. Assoc. 83(401), with resample size n − 1; Rao, Wu and
    Yue (1992), Survey Methodology 18(2).
    """
    unsampled = 1 - strata.sampled / strata.population
    if (alone := np.flatnonzero((strata.sampled == 1) & (unsampled > 0))).size:
        raise LonelyPSU(alone.tolist())
    result = np.ones((replicates, stratum.size))
    order = np.argsort(stratum, kind="stable")
    ends = np.searchsorted(stratum[order], np.arange(strata.population.size + 1))
    for h in np.flatnonzero((strata.sampled > 1) & (unsampled > 0)):
        units, n = order[ends[h] : ends[h + 1]], int(strata.sampled[h])
        shrink = np.sqrt(unsampled[h])
        result[:, units] = 1 - shrink + shrink * n / (n - 1) * drawn(n, replicates, rng)
    return result


def drawn(n: int, replicates: int, rng: np.random.Generator) -> Index:
    """Return how often each of n units is among n − 1 draws with replacement, (replicates, n).

    Args:
        n: units, 2 or more.
        replicates: how many.
        rng: source of the draws.
    """
    small = np.uint16 if n <= np.iinfo(np.uint16).max else np.uint32
    draws = rng.integers(0, n, (replicates, n - 1), dtype=small)
    keys = draws + (np.arange(replicates) * n)[:, None]
    return np.bincount(keys.ravel(), minlength=replicates * n).reshape(replicates, n)


def bootstrap_variance(estimates: Matrix) -> Matrix:
    """Return the variance over replicates, around their mean; (replicates, …) gives (…)."""
    spread: Matrix = np.var(estimates, axis=0, ddof=1)
    return spread


def jackknife(stratum: Index, strata: Strata) -> tuple[Matrix, Matrix]:
    """Return multipliers and factors of the stratified jackknife, JKn: (c, c) and (c,).

    Each replicate leaves out one unit and raises the weights of the others of its stratum; the
    variance is Σ factor · (estimate − mean of the estimates)², with factor (1 − n/N)(n − 1)/n.

    Raises:
        LonelyPSU: a stratum has a single unit and more people.

    Source: R survey ``as.svrepdesign(type = "JKn")``.
    """
    unsampled = 1 - strata.sampled / strata.population
    if (alone := np.flatnonzero((strata.sampled == 1) & (unsampled > 0))).size:
        raise LonelyPSU(alone.tolist())
    n = strata.sampled[stratum]
    same = stratum[:, None] == stratum[None, :]
    grown = np.where(same, (n / np.maximum(n - 1, 1))[:, None], 1.0)
    np.fill_diagonal(grown, np.where(n > 1, 0.0, 1.0))
    return grown, unsampled[stratum] * (n - 1) / n


def balanced_halves(stratum: Index, strata: Strata, rho: float = 0.0) -> Matrix:
    r"""Return multipliers of balanced half-samples, (replicates, c), two units in each stratum.

    In a replicate one unit of each stratum has 2 − ρ times its weight and the other ρ times,
    chosen by a row of a Hadamard matrix, so that any two strata are balanced against each other.
    The variance is the mean squared deviation over (1 − ρ)² (M52).

    Args:
        stratum: stratum of each unit, shape (c,).
        strata: their sampled units; there is no finite population correction.
        rho: Fay's factor, 0 or more and below 1; 0 is McCarthy's method.

    Raises:
        ImpossibleDesign: a stratum has another number of units than two.

    Source: McCarthy (1969), Rev. Int. Stat. Inst. 37(3); Fay as in Judkins (1990), J. Off. Stat.
    6(3).
    """
    if (uneven := np.flatnonzero(strata.sampled != PAIR)).size:
        raise ImpossibleDesign(f"not two sampled units in strata {uneven.tolist()}")
    h = strata.sampled.size
    signs = hadamard(h + 1)[1 : h + 1]
    first = np.zeros(stratum.size, dtype=bool)
    first[np.unique(stratum, return_index=True)[1]] = True
    return 1 + (1 - rho) * np.where(first, 1, -1) * signs[stratum].T


def hadamard(least: int) -> Matrix:
    """Return a square matrix of ±1 with orthogonal rows, the first row and column all 1.

    Args:
        least: rows that it has at least. Its order is the next multiple of four that is 2^k or
            2^k (q + 1), with a prime q of the form 4m + 3: never more than twice ``least``.

    Source: Sylvester (1867), Philos. Mag. 34; Paley (1933), J. Math. Phys. 12.
    """
    order = max(4, -(-least // 4) * 4)
    while not (base := _without_doublings(order)):
        order += 4
    matrix = np.ones((1, 1)) if base == 1 else _paley(base - 1)
    while matrix.shape[0] < order:
        matrix = np.block([[matrix, matrix], [matrix, -matrix]])
    return matrix


def _without_doublings(order: int) -> int:
    """Return the least matrix that doubles to ``order``: 1, or a prime and one; 0 for none."""
    bases = [order >> k for k in range(order.bit_length()) if order % (1 << k) == 0]
    usable = (base for base in reversed(bases) if base == 1 or (base % 4 == 0 and _prime(base - 1)))
    return next(usable, 0)


def _prime(number: int) -> bool:
    return all(number % factor for factor in range(2, isqrt(number) + 1))


def _paley(q: int) -> Matrix:
    residues = np.square(np.arange(q)) % q
    places = np.arange(q)[:, None] + np.arange(q)
    matrix = np.ones((q + 1, q + 1))
    matrix[1:, 1:] = np.where(np.isin(places % q, residues), -1, 1)
    return matrix


def jackknife_variance(estimates: Matrix, factors: Matrix) -> Matrix:
    """Return the jackknife variance of estimates of shape (c, …), around their mean."""
    return replicate_variance(estimates, factors)


def replicate_variance(estimates: Matrix, factors: Matrix, centre: Matrix | None = None) -> Matrix:
    """Return Σ factor · (estimate − centre)² over replicates; (replicates, …) gives (…) (M52).

    Args:
        estimates: of each replicate.
        factors: of each replicate, shape (replicates,).
        centre: the estimate of the whole sample; the mean of replicates with a factor without it.
    """
    used = factors > 0
    if not used.any():
        return np.zeros(estimates.shape[1:])
    middle = estimates[used].mean(axis=0) if centre is None else centre
    centred = estimates - middle
    return np.tensordot(factors, centred * centred, axes=1)
