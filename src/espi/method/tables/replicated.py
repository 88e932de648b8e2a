"""Estimates over replicates of the weights: made here, or supplied in the file (M20, M52)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Statistic, Target
from espi.method.estimation.from_sums import Matrix
from espi.method.estimation.kernel import Vector
from espi.method.estimation.quantiles import weighted_quantile
from espi.method.estimation.replicates import (
    balanced_halves,
    jackknife,
    rao_wu,
    replicate_variance,
)
from espi.method.tables.layout import lonely_strata_by_name, shown_stratum
from espi.method.tables.request import ReplicateKind, Replication, Request
from espi.method.tables.reweighting import Reweighting
from espi.method.tables.rows import Mask, Rows

# Weights held at a time: 160 MB of doubles. All replicates of a national file would be many GB.
BLOCK = 20_000_000
# A jackknife of more units would take hours, and differs from the Taylor variance in no digit that
# one prints.
MOST_JACKKNIFED = 10_000
PAIR = 2  # units of a stratum that half-samples split
DEPENDENT = 1e-7  # of the largest singular value; R's tolerance of 1e-5 is of a column's length


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """The rows of a table and how their weights vary from replicate to replicate.

    Attributes:
        rows: of the table.
        replication: how replicates are made.
        reweighting: what every replicate goes through, too.
        factors: of each replicate, shape (replicates,).
    """

    rows: Rows
    replication: Replication
    reweighting: Reweighting | None
    factors: Vector

    def weights(self) -> Iterator[Matrix]:
        """Yield the weights of all replicates, some at a time, shape (b, n).

        Raises:
            LonelyPSU: a stratum has a single unit, whatever the rule for lonely strata is.
            TableUnusable: a replicate cannot be weighted to the totals.
        """
        for block in self._blocks():
            if self.reweighting is None:
                yield block
            else:
                yield np.stack([self.reweighting.applied(weight).weight for weight in block])

    def _blocks(self) -> Iterator[Matrix]:
        rows, size = self.rows, max(1, BLOCK // max(self.rows.weight.size, 1))
        if self.replication.columns:
            for start in range(0, len(self.replication.columns), size):
                names = self.replication.columns[start : start + size]
                yield np.stack([rows.column(name) for name in names])
            return
        rng = np.random.default_rng(self.replication.seed)
        remaining = self.replication.count or 0
        while remaining > 0:  # a bootstrap
            with lonely_strata_by_name(rows.layout.stratum_names):
                times = rao_wu(rows.design.stratum, rows.layout.strata, min(remaining, size), rng)
            yield times[:, rows.design.psu] * rows.base
            remaining -= size
        if self.replication.kind is not ReplicateKind.BOOTSTRAP:
            times = _multipliers(rows, self.replication)[0]
            for start in range(0, times.shape[0], size):
                yield times[start : start + size][:, rows.design.psu] * rows.base

    def linear(self, targets: Sequence[Target]) -> Matrix:
        """Return every target in every domain and replicate, shape (replicates, domains, k)."""
        domains, blocks = self.rows.layout.domains.height, []
        for weights in self.weights():
            estimates = np.full((weights.shape[0], domains, len(targets)), np.nan)
            for domain in range(domains):
                for k, target in enumerate(targets):
                    estimates[:, domain, k] = _replicated(self.rows, domain, target, weights)
            blocks.append(estimates)
        return np.concatenate(blocks)

    def quantile(self, column: str, p: float) -> Matrix:
        """Return a quantile in every domain and replicate, shape (replicates, domains)."""
        y, domains, blocks = self.rows.column(column), self.rows.layout.domains.height, []
        for weights in self.weights():
            estimates = np.full((weights.shape[0], domains), np.nan)
            for domain in range(domains):
                inside = self.rows.within(domain, y)
                if inside.any():
                    estimates[:, domain] = [
                        weighted_quantile(y[inside], weight[inside], p) for weight in weights
                    ]
            blocks.append(estimates)
        return np.concatenate(blocks)

    def variance(self, estimates: Matrix, whole: Matrix) -> Matrix:
        """Return the variance over replicates, shape of ``whole``.

        Args:
            estimates: of each replicate, shape (replicates, …).
            whole: of the sample, shape (…).
        """
        centre = whole if self.replication.around_estimate else None
        return replicate_variance(estimates, self.factors, centre)

    def df(self, within: Mask) -> int:
        """Return the degrees of freedom of an estimate from the rows ``within``, shape (n,).

        Replicates made here have those of the design; supplied ones those of their weights: how
        many of them are independent, less one.
        """
        if not self.replication.columns:
            return self.rows.df(within)
        names = [self.rows.frame.columns.index(name) for name in self.replication.columns]
        weights = self.rows.frame.filter(pl.Series(within))[:, names].to_numpy()
        triangle = np.linalg.qr(weights.astype(np.float64), mode="r")
        return int(np.linalg.matrix_rank(triangle, tol=None, rtol=DEPENDENT)) - 1


def replicates_of(request: Request, rows: Rows, reweighting: Reweighting | None) -> Replicates:
    """Return the replicates of a table.

    Raises:
        LonelyPSU: a stratum has a single unit.
        TableUnusable: the design does not allow such replicates.
    """
    replication = request.replication
    if replication is None:
        raise ValueError("a request without replicates")
    if replication.columns:
        factors = _supplied_factors(replication)
    elif replication.kind is ReplicateKind.BOOTSTRAP:
        count = replication.count or 0
        factors = np.full(count, 1 / (count - 1))
    else:
        factors = _multipliers(rows, replication)[1]
    return Replicates(rows, replication, reweighting, factors)


def _replicated(rows: Rows, domain: int, target: Target, weights: Matrix) -> Vector:
    y, inside = rows.column(target.of), rows.within_target(domain, target)
    weight = weights[:, inside]
    numerator = weight @ y[inside]
    if target.statistic is Statistic.TOTAL:
        return numerator
    x = np.ones(y.size) if target.over is None else rows.column(target.over)
    with np.errstate(divide="ignore", invalid="ignore"):
        estimates: Vector = numerator / (weight @ x[inside])
    return estimates


def _multipliers(rows: Rows, replication: Replication) -> tuple[Matrix, Vector]:
    """Return what units are multiplied by in a jackknife or half-samples, and the factors."""
    stratum, strata = rows.design.stratum, rows.layout.strata
    if replication.kind is ReplicateKind.JACKKNIFE:
        if stratum.size > MOST_JACKKNIFED:
            raise TableUnusable(
                f"The jackknife leaves out each of {stratum.size} units once: too many. Use "
                "--variance taylor, which it equals to first order, or a bootstrap."
            )
        with lonely_strata_by_name(rows.layout.stratum_names):
            return jackknife(stratum, strata)
    _refuse_uneven(strata.sampled, rows.layout.stratum_names)
    times = balanced_halves(stratum, strata, replication.rho)
    return times, np.full(times.shape[0], 1 / (times.shape[0] * (1 - replication.rho) ** 2))


def _refuse_uneven(sampled: Vector, names: list[object]) -> None:
    if (uneven := np.flatnonzero(sampled != PAIR)).size:
        h = int(uneven[0])
        raise TableUnusable(
            f"Balanced half-samples need two units in every stratum; {shown_stratum(names[h])!r} "
            f"has {sampled[h]:g}. Use --variance jackknife, or pair units into strata in the file."
        )


def _supplied_factors(replication: Replication) -> Vector:
    count = len(replication.columns)
    if replication.factors is not None:
        if len(replication.factors) not in {1, count}:
            raise TableUnusable(
                f"--factors has {len(replication.factors)} numbers and --replicates {count} "
                "columns: give one number for each column, in their order, or one for all."
            )
        return np.broadcast_to(np.array(replication.factors), count).copy()
    by_kind = {
        ReplicateKind.BRR: 1 / count,
        ReplicateKind.FAY: 1 / (count * (1 - replication.rho) ** 2),
        ReplicateKind.JK1: (count - 1) / count,
        ReplicateKind.BOOTSTRAP: 1 / max(count - 1, 1),
        ReplicateKind.SUCCESSIVE: 4 / count,
    }
    return np.full(count, by_kind[replication.kind])
