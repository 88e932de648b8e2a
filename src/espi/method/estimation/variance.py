"""The one variance kernel: stratified, clustered at the first stage, with finite population."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from espi.method.errors import ImpossibleDesign, LonelyPSU
from espi.method.estimation.linear import Estimate


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How the sample was taken, 0-based.

    Attributes:
        psu: cluster of each row, shape (n,).
        stratum: stratum of each cluster, shape (c,).
        population: clusters in the population of each stratum, shape (h,); ``inf`` for sampling
            with replacement.
    """

    psu: NDArray[np.int64]
    stratum: NDArray[np.int64]
    population: NDArray[np.float64]

    @property
    def df(self) -> int:
        """Design degrees of freedom: clusters less strata that have any."""
        return int(self.stratum.size - np.unique(self.stratum).size)


def of_elements(stratum: NDArray[np.int64], population: NDArray[np.float64]) -> Design:
    """Return the design of a stratified sample of single persons."""
    return Design(np.arange(stratum.size), stratum, population)


def variance(estimate: Estimate, design: Design) -> float:
    r"""Return the Taylor variance of ``estimate``, in its unit squared (M8).

    .. math:: \sum_h (1 - n_h / N_h) \frac{n_h}{n_h - 1} \sum_{c \in h} (u_c - \bar u_h)^2

    A stratum taken whole contributes nothing, even with a single unit.

    Raises:
        LonelyPSU: a stratum has a single cluster and more people; collapse it first.
        ImpossibleDesign: a stratum has more sampled clusters than it has clusters.

    Source: Särndal, Swensson and Wretman (1992), section 3.7 (stratified sampling); golden
    numbers from R survey ``svyrecvar``.
    """
    u = np.bincount(design.psu, weights=estimate.influence, minlength=design.stratum.size)
    n = np.bincount(design.stratum, minlength=design.population.size).astype(np.float64)
    if (over := np.flatnonzero(n > design.population)).size:
        raise ImpossibleDesign(f"more sampled than there are in strata {over.tolist()}")
    counted = (n > 0) & (n < design.population)
    if (lonely := np.flatnonzero(counted & (n == 1))).size:
        raise LonelyPSU(lonely.tolist())
    u_bar = np.bincount(design.stratum, weights=u, minlength=n.size) / np.maximum(n, 1)
    spread = np.bincount(design.stratum, weights=(u - u_bar[design.stratum]) ** 2, minlength=n.size)
    h = np.flatnonzero(counted)
    return float(((1 - n[h] / design.population[h]) * n[h] / (n[h] - 1) * spread[h]).sum())


def standard_error(estimate: Estimate, design: Design) -> float:
    """Return the square root of the variance, in the unit of the estimate."""
    return sqrt(variance(estimate, design))
