"""Replicate weights: the rescaled bootstrap and the stratified jackknife (docs/method, M20).

They check the Taylor variance and serve where there is no linearisation, as for medians and ranks.
Replicates are not stored, because seed and design reproduce them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import LonelyPSU
from espi.method.estimation.kernel import Index, Strata

Matrix = NDArray[np.float64]


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


def jackknife_variance(estimates: Matrix, factors: Matrix) -> Matrix:
    """Return the jackknife variance of estimates of shape (c, …), around their mean."""
    used = factors > 0
    if not used.any():
        return np.zeros(estimates.shape[1:])
    centred = estimates - estimates[used].mean(axis=0)
    return np.tensordot(factors, centred * centred, axes=1)
