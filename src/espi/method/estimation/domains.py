"""Estimates of all domains at once, each carrying its linearisation.

When every row belongs to one domain (its agency, say), its pull on that domain's estimate is one
number. So the estimates of six hundred agencies need no more room than that of one: a value per
domain and an influence per row, and the same chain rule as for a single ``Estimate``.

Source: Woodruff (1971); Deville (1999), Survey Methodology 25(2).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.kernel import (
    Cells,
    Index,
    Strata,
    Vector,
    effective_df,
    summed_by,
    variance_of_sums,
)
from espi.method.estimation.lonely import Lonely

ROUNDING = 1e-9  # so that a whole number of degrees is not cut to the one below


@dataclass(frozen=True, slots=True, eq=False)
class Partition:
    """Which domain each row belongs to.

    Attributes:
        domain: shape (n,), 0 … count − 1.
        count: how many domains.
    """

    domain: Index
    count: int

    def summed(self, column: Vector) -> Vector:
        """Return the sum over the rows of each domain, shape (count,)."""
        return summed_by(self.domain, column, self.count)

    def counted(self, within: NDArray[np.bool_]) -> Index:
        """Return how many rows of each domain are ``within``, shape (count,)."""
        return np.bincount(self.domain[within], minlength=self.count)


@dataclass(frozen=True, slots=True, eq=False)
class DomainEstimate:
    """A number per domain, and how much each sampled row pulls on its own domain's.

    A domain without an estimate has the value NaN and pulls of zero.

    Attributes:
        value: shape (domains,), in the unit of the target parameter.
        influence: shape (n,), same unit.
        of: which domain each row belongs to.
    """

    value: Vector
    influence: Vector
    of: Partition

    def __add__(self, other: DomainEstimate) -> DomainEstimate:
        return DomainEstimate(self.value + other.value, self.influence + other.influence, self.of)

    def __rmul__(self, factor: float) -> DomainEstimate:
        return DomainEstimate(factor * self.value, factor * self.influence, self.of)

    def __truediv__(self, other: DomainEstimate) -> DomainEstimate:
        defined = other.value != 0
        denominator = np.where(defined, other.value, 1.0)
        quotient = np.where(defined, self.value / denominator, np.nan)
        rows = self.of.domain
        pull = (self.influence - np.nan_to_num(quotient)[rows] * other.influence) / denominator[
            rows
        ]
        return DomainEstimate(quotient, pull, self.of)


def means(y: Vector, weight: Vector, within: NDArray[np.bool_], of: Partition) -> DomainEstimate:
    """Estimate the mean of ``y`` over the rows ``within``, in every domain (M7).

    Args:
        y: shape (n,); values outside ``within`` may be missing (NaN), they are never looked at.
        weight: shape (n,), positive.
        within: which rows count, shape (n,).
        of: the domains.

    Returns:
        Means in the unit of ``y``; NaN where a domain has no row within.
    """
    inside = np.where(within, weight, 0.0)
    centred = np.where(within, y, 0.0)
    return DomainEstimate(of.summed(inside * centred), inside * centred, of) / DomainEstimate(
        of.summed(inside), inside, of
    )


@dataclass(frozen=True, slots=True, eq=False)
class ElementDesign:
    """A stratified sample of single persons, laid out for all domains of one partition.

    Attributes:
        cell: cell of domain × stratum of each row, shape (n,).
    """

    cell: Index
    cells: Cells
    strata: Strata

    def variances(self, estimate: DomainEstimate, lonely: Lonely = Lonely.FAIL) -> Vector:
        """Return the Taylor variance of every domain's estimate, shape (domains,) (M8).

        Raises:
            LonelyPSU: a stratum has a single respondent and more people.
        """
        size = self.cells.domain.size
        u = estimate.influence
        first = summed_by(self.cell, u, size)
        second = summed_by(self.cell, u * u, size)
        return variance_of_sums(first, second, self.cells, self.strata, lonely)

    def infinite_variances(self, estimate: DomainEstimate) -> Vector:
        """Return what the variances would be if the population were infinite, shape (domains,).

        An interval near the end of the scale asks how uncertain the variance itself is (M10);
        that does not become less by having seen most of a small population.
        """
        size = self.cells.domain.size
        u = estimate.influence
        first, second = summed_by(self.cell, u, size), summed_by(self.cell, u * u, size)
        return variance_of_sums(first, second, self.cells, self.strata.infinite(), Lonely.CERTAINTY)

    def df(self, estimate: DomainEstimate, within: NDArray[np.bool_]) -> Index:
        """Return the degrees of freedom of every domain's interval, at least 1 (M10).

        What the variance is worth, and never more than respondents less strata.

        Args:
            estimate: of which the interval is.
            within: the rows behind it, shape (n,).
        """
        size = self.cells.domain.size
        u = estimate.influence
        first, second = summed_by(self.cell, u, size), summed_by(self.cell, u * u, size)
        counts = np.bincount(self.cell[within], minlength=size)
        most = self.cells.summed((counts - (counts > 0)).astype(np.float64))
        degrees = np.minimum(effective_df(first, second, self.cells, self.strata), most)
        return np.maximum(np.floor(degrees + ROUNDING), 1).astype(np.int64)

    def standard_errors(self, estimate: DomainEstimate, lonely: Lonely = Lonely.FAIL) -> Vector:
        """Return the standard errors, in the unit of the estimate, shape (domains,)."""
        return np.sqrt(self.variances(estimate, lonely))


def domain_design(of: Partition, stratum: Index, population: Vector) -> ElementDesign:
    """Lay out a stratified sample of single persons for the domains of a partition.

    Args:
        of: the domains; they may cut across strata.
        stratum: 0-based stratum of each row, shape (n,).
        population: people per stratum, shape (h,).
    """
    h = population.size
    keys, cell = np.unique(of.domain * h + stratum, return_inverse=True)
    cells = Cells(keys // h, keys % h, of.count)
    sampled = np.bincount(stratum, minlength=h).astype(np.float64)
    return ElementDesign(cell.astype(np.int64), cells, Strata(sampled, population))
