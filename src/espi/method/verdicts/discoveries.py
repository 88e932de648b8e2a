"""Which statements may be stated together, so that few of them are wrong (docs/method, M38)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.kernel import Index, Vector


def discoveries(error: Vector, family: Index, level: float, single: float) -> NDArray[np.bool_]:
    """Return which statements of each family are stated, shape (s,).

    The most statements whose mean probability of being wrong is at most ``level``, none of which
    is wrong with more than ``single``. That mean is the expected share of wrong ones among them,
    given the answers, however the statements depend on each other; so the false discovery rate is
    at most ``level`` where the probabilities are right.

    Args:
        error: probability that each statement is wrong, 0–1, NaN for none, shape (s,).
        family: 0-based family of each statement, shape (s,).
        level: 0–1.
        single: 0–1; without it a doubtful statement could hide behind certain ones.

    Source: Newton, Noueiry, Sarkar and Ahlquist (2004), Biostatistics 5(2); Müller, Parmigiani,
    Robert and Rousseau (2004), J. Am. Stat. Assoc. 99(468).
    """
    discovered = np.zeros(error.shape, dtype=bool)
    stated = np.flatnonzero(error <= single)  # NaN is not
    order = stated[np.lexsort((error[stated], family[stated]))]
    own = family[order]
    starts = np.flatnonzero(np.diff(own, prepend=-1))
    if not starts.size:
        return discovered
    sizes = np.diff(starts, append=own.size)
    summed = np.cumsum(error[order])
    before = np.repeat(summed[starts] - error[order][starts], sizes)
    rank = np.arange(own.size) - np.repeat(starts, sizes) + 1
    discovered[order] = (summed - before) / rank <= level
    return discovered
