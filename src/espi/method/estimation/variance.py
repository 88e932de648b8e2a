"""The design of a sample, and the variance of one estimate under it."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from espi.method.estimation.kernel import (
    Cells,
    Index,
    Strata,
    Vector,
    summed_by,
    variance_of_sums,
)
from espi.method.estimation.linear import Estimate
from espi.method.estimation.lonely import Lonely


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """How the sample was taken, 0-based.

    Attributes:
        psu: cluster of each row, shape (n,).
        stratum: stratum of each cluster, shape (c,).
        population: clusters in the population of each stratum, shape (h,); ``inf`` for sampling
            with replacement.
    """

    psu: Index
    stratum: Index
    population: Vector

    @property
    def df(self) -> int:
        """Design degrees of freedom: clusters less strata that have any."""
        return int(self.stratum.size - np.unique(self.stratum).size)

    @property
    def strata(self) -> Strata:
        """The strata with their sampled clusters."""
        sampled = np.bincount(self.stratum, minlength=self.population.size)
        return Strata(sampled.astype(np.float64), self.population)


def element_design(stratum: Index, population: Vector) -> Design:
    """Return the design of a stratified sample of single persons.

    Args:
        stratum: 0-based stratum of each person, shape (n,).
        population: people per stratum, shape (h,); ``inf`` for sampling with replacement.
    """
    return Design(np.arange(stratum.size), stratum, population)


def variance(estimate: Estimate, design: Design, lonely: Lonely = Lonely.FAIL) -> float:
    """Return the Taylor variance of ``estimate``, in its unit squared (M8).

    Args:
        estimate: its influence has shape (n,), a row for each row of the design.
        design: clusters and strata.
        lonely: the rule for strata of one cluster.

    Raises:
        LonelyPSU: a stratum has a single cluster and more people; collapse it, or say otherwise.
        ImpossibleDesign: a stratum has more sampled clusters than it has clusters.
    """
    strata = design.strata
    h = strata.population.size
    u = summed_by(design.psu, estimate.influence, design.stratum.size)
    mean = summed_by(design.stratum, u, h) / np.maximum(strata.sampled, 1)
    if lonely is Lonely.ADJUST:
        mean = np.where(strata.sampled == 1, u.mean(), mean)
    u = u - mean[design.stratum]  # centred first: no digit is lost to cancellation
    present = np.unique(design.stratum)
    cells = Cells(np.zeros(present.size, dtype=np.int64), present, 1)
    first = summed_by(design.stratum, u, h)[present]
    second = summed_by(design.stratum, u * u, h)[present]
    return float(variance_of_sums(first, second, cells, strata, lonely)[0])


def two_stage_variance(
    estimate: Estimate,
    design: Design,
    subunit: Index,
    subunits: Vector,
    lonely: Lonely = Lonely.FAIL,
) -> float:
    r"""Return the variance where units were drawn within drawn clusters, both without replacement.

    .. math:: V_1 + \sum_c \frac{n_h}{N_h} (1 - m_c / M_c) \frac{m_c}{m_c - 1}
              \sum_{i \in c} (u_i - \bar u_c)^2

    Leaving the second stage out, as ``variance`` does, is the usual approximation and errs low.

    Args:
        estimate: its influence has shape (n,).
        design: of the first stage.
        subunit: unit of the second stage of each row, 0-based, shape (n,).
        subunits: how many there are in each cluster, shape (c,).
        lonely: ``FAIL`` or ``CERTAINTY``, in both stages.

    Raises:
        LonelyPSU: one unit was drawn of a cluster, or one cluster of a stratum, that has more.

    Source: Särndal, Swensson and Wretman (1992), section 4.3; R survey ``svyrecvar``.
    """
    first = np.unique(subunit, return_index=True)[1]
    cluster = design.psu[first]
    within = Design(np.unique(subunit, return_inverse=True)[1], cluster, subunits)
    strata, h = within.strata, design.strata
    u = summed_by(within.psu, estimate.influence, cluster.size)
    cells = Cells(np.arange(subunits.size), np.arange(subunits.size), subunits.size)
    size = subunits.size
    within_clusters = variance_of_sums(
        summed_by(cluster, u, size),
        summed_by(cluster, u * u, size),
        cells,
        strata,
        lonely,
    )
    drawn = (h.sampled / h.population)[design.stratum]
    return variance(estimate, design, lonely) + float((drawn * within_clusters).sum())


def standard_error(estimate: Estimate, design: Design, lonely: Lonely = Lonely.FAIL) -> float:
    """Return the square root of ``variance``, in the unit of the estimate; it refuses likewise."""
    return sqrt(variance(estimate, design, lonely))
