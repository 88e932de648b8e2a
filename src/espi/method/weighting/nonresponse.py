"""Weights with which the respondents of a stratum represent all its people (docs/method, M5)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import ImpossibleDesign


def stratum_weights(
    stratum: NDArray[np.int64], population: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the weight N_h / r_h of every respondent (M5).

    The respondents of a stratum are treated as a simple random sample of it: missing at random
    inside the stratum is an assumption, and stated as such in every report.

    Args:
        stratum: 0-based stratum of each respondent, shape (n,).
        population: people per stratum, shape (h,).

    Raises:
        ImpossibleDesign: a stratum has respondents but fewer people than respondents.
    """
    respondents = np.bincount(stratum, minlength=population.size)
    if (wrong := np.flatnonzero(respondents > population)).size:
        raise ImpossibleDesign(f"more respondents than people in strata {wrong.tolist()}")
    return (population[stratum] / respondents[stratum]).astype(np.float64)
