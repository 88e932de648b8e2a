"""The variance of a simple random sample of equal size, to compare a design with (M18)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float64]


def srs_variance(square: Matrix, weight: Matrix, n: Matrix, *, replace: bool = False) -> Matrix:
    r"""Return the variance that n persons drawn at random would have given, same shape.

    .. math:: \frac{s^2}{n} (1 - n / \hat N), \quad s^2 = \frac{n}{n-1} \sum w e^2 \hat N

    Without replacement, as R's ``deff = TRUE``; NaN where the weights do not add up to more than
    the persons (they were rescaled, so the population is not known). With replacement, as R's
    ``deff = "replace"``, the last factor is left out, and rescaled weights serve for means.

    Args:
        square: Σ w e² over the rows of the domain, with e the linearised variable of the estimate.
        weight: Σ w, the estimated population of the domain.
        n: rows.
        replace: whether the simple random sample is drawn with replacement.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = n / (n - 1) * square / weight
        result = spread * weight**2 / n
        if replace:
            return np.where(n > 1, result, np.nan)
        return np.where((n > 1) & (weight > n), result * (1 - n / weight), np.nan)
