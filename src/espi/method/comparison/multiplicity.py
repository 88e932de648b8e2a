"""Many tests at once: adjusts p-values so that the share of false alarms among flags is bounded."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def adjusted(p: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the q-value of every p-value: the smallest FDR at which it is flagged (C9).

    Args:
        p: p-values, shape (m,), 0–1; NaN where there was nothing to test.

    Returns:
        q-values, shape (m,), 0–1, in the order given; NaN where p is.

    Source: Benjamini and Hochberg (1995), JRSS B 57(1), equation (1), turned into adjusted values.
    """
    q = np.full(p.shape, np.nan)
    tested = np.flatnonzero(~np.isnan(p))
    if tested.size:
        order = tested[np.argsort(p[tested], kind="stable")]
        scaled = p[order] * (tested.size / np.arange(1, tested.size + 1))
        q[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return q


def simes(p: NDArray[np.float64]) -> float:
    """Return the p-value of "no unit of this agency deviates", NaN where none was tested (C11).

    Args:
        p: p-values of the units of one agency, shape (m,), NaN where a unit was not tested.

    Source: Simes (1986), Biometrika 73(3), 751–754; the least of the C9 values.
    """
    q = adjusted(p)
    return float(np.nanmin(q)) if (~np.isnan(q)).any() else float("nan")
