"""Means, totals, shares and ratios of a table, with their Taylor variances and design effects."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from espi.method.estimation.cell_sums import Statistic, Target
from espi.method.estimation.design_effect import srs_variance
from espi.method.estimation.from_sums import Estimates, Matrix, Sums, estimate
from espi.method.estimation.kernel import Vector
from espi.method.tables.layout import Layout, lonely_strata_by_name
from espi.method.tables.request import Baseline, Request


def linearised(
    request: Request, layout: Layout, targets: Sequence[Target]
) -> tuple[Estimates, Matrix]:
    """Return estimates of all targets in every domain, and what to compare them with (M6–M8, M18).

    Returns:
        The estimates, each of their arrays of shape (domains, k), and the variances of simple
        random samples of the same sizes, same shape.

    Raises:
        LonelyPSU: a stratum has a single unit, and the rule is to refuse; strata are named as in
            the table.
    """
    with lonely_strata_by_name(layout.stratum_names):
        raw = estimate(_sums(request, layout, targets), layout.strata, request.design.lonely)
    estimates = _with_exact_shares(raw, layout, targets)
    replace = request.precision.baseline is Baseline.REPLACE
    return estimates, _srs_variances(layout, targets, estimates, replace=replace)


def _sums(request: Request, layout: Layout, targets: Sequence[Target]) -> Sums:
    """Return the sums of the targets, in their order."""

    def stacked(letter: str) -> Matrix:
        columns = [_column(layout, target, letter) for target in targets]
        return np.stack(columns, axis=1)

    return Sums(
        cells=layout.indices,
        clustered=request.design.psu is not None,
        m=stacked("m"), w=stacked("w"), y=stacked("y"),
        ww=stacked("ww"), wy=stacked("wy"), yy=stacked("yy"),
        centre=np.array([target.centre for target in targets]),
        ratio=np.array([target.statistic is not Statistic.TOTAL for target in targets]),
    )  # fmt: skip


def _column(layout: Layout, target: Target, letter: str) -> Vector:
    """Return one kind of sum of a target over the cells of all domains, shape (c,)."""
    return layout.cells_inside[f"{target.key}|{letter}"].to_numpy().astype(np.float64)


def _with_exact_shares(
    estimates: Estimates, layout: Layout, targets: Sequence[Target]
) -> Estimates:
    """Return the estimates with shares of none and of all at exactly 0 and 1, without variance.

    The engine adds weights in an order of its own, so their quotient may miss 1 by a rounding, and
    by another one in the next run; what decides is the count of rows.
    """
    value, variance = estimates.value, estimates.variance
    for k, target in enumerate(targets):
        if target.statistic is not Statistic.SHARE:
            continue
        for letter, end in (("zeros", 0.0), ("ones", 1.0)):
            count = layout.indices.summed(_column(layout, target, letter))
            everyone = (count == estimates.n[:, k]) & (estimates.n[:, k] > 0)
            value[everyone, k], variance[everyone, k] = end, 0.0
    return estimates


def _srs_variances(
    layout: Layout, targets: Sequence[Target], estimates: Estimates, *, replace: bool
) -> Matrix:
    """Return what simple random samples of the same sizes would give, shape (domains, k) (M18)."""
    columns = []
    for k, target in enumerate(targets):
        sums = {
            letter: layout.indices.summed(_column(layout, target, letter))
            for letter in (("p", "q", "w", "qx", "qxx") if target.over else ("p", "q", "y"))
        }
        weight, value = sums["p"], estimates.value[:, k]
        with np.errstate(divide="ignore", invalid="ignore"):
            if target.over is not None:
                spread = sums["q"] - 2 * value * sums["qx"] + value**2 * sums["qxx"]
                square = spread / sums["w"] ** 2
            else:
                square = sums["q"] - sums["y"] ** 2 / weight
                if target.statistic is not Statistic.TOTAL:
                    square = square / weight**2
        columns.append(srs_variance(square, weight, estimates.n[:, k], replace=replace))
    return np.stack(columns, axis=1)
