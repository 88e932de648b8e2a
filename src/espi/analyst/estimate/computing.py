"""From a checked frame to rows of results: layer one on the engine, layer two in numpy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import narwhals as nw
import numpy as np
import polars as pl

from espi.analyst.estimate.reading import PSU, STRATUM, Frame, Unusable
from espi.analyst.estimate.request import Request, Stat
from espi.method.errors import LonelyPSU
from espi.method.estimation.cell_sums import Statistic, Target, cell_sums
from espi.method.estimation.design_effect import srs_variance
from espi.method.estimation.from_sums import Estimates, Sums, estimate
from espi.method.estimation.kernel import Cells, Strata


@dataclass(frozen=True, slots=True)
class Layout:
    """The cells of a file and what its strata are.

    Attributes:
        cells: one row per domain × stratum (× cluster), with the sums of layer one.
        inside: rows of ``cells`` that belong to a domain.
        domains: one row per domain, the columns of ``--by``.
        strata: names, in the order of the indices.
    """

    cells: pl.DataFrame
    inside: pl.Series
    domains: pl.DataFrame
    names: list[Any]
    strata: Strata
    indices: Cells


def targets_of(request: Request, frame: Frame) -> list[Target]:
    """Return the targets of a request, each centred on the plain mean of its column."""
    if all(stat.name == "quantile" for stat in request.stats):
        return []
    middles = frame.select(*[nw.col(c).mean().alias(c) for c in request.of]).collect("polars")
    return [
        Target(
            of=column,
            statistic=Statistic(stat.name),
            over=stat.over,
            centre=0.0 if stat.over else float(middles[column][0] or 0.0),
            spread=True,
        )
        for stat in request.stats
        if stat.name != "quantile"
        for column in request.of
    ]


def lay_out(request: Request, frame: Frame, targets: list[Target]) -> Layout:
    """Sum the file into cells, on its engine.

    Raises:
        Unusable: the population of a stratum is not one number, or smaller than its sample.
    """
    keys = [*dict.fromkeys([*request.by, STRATUM]), *([PSU] if request.psu else [])]
    distinct = {target.key: target for target in targets}
    sums = cell_sums(frame, keys, request.weight, distinct.values())
    cells = pl.DataFrame(sums.collect("polars").to_native()).sort(keys)
    if cells.is_empty():
        raise Unusable("The file has no rows.")
    names = sorted(cells[STRATUM].unique().to_list(), key=str)
    stratum = cells[STRATUM].replace_strict(names, range(len(names)), return_dtype=pl.Int64)
    sampled = _sampled(cells.with_columns(stratum.alias("h")), clustered=request.psu is not None)
    population = _populations(request, frame, names)
    _refuse_small(names, sampled, population)
    inside = pl.Series(np.ones(cells.height, dtype=bool))
    for column in request.by:
        inside &= cells[column].is_not_null()
    domains = cells.filter(inside).select(request.by).unique(maintain_order=True)
    if not request.by:
        domains = pl.DataFrame({"": ["all"]})
    place = places(cells.filter(inside), domains, request.by)
    indices = Cells(place, stratum.filter(inside).to_numpy(), domains.height)
    return Layout(cells, inside, domains, names, Strata(sampled, population), indices)


def _sampled(cells: pl.DataFrame, *, clustered: bool) -> np.ndarray:
    if clustered:
        counts = cells.group_by("h").agg(pl.col(PSU).n_unique().alias("n")).sort("h")
    else:
        counts = cells.group_by("h").agg(pl.col("n").sum()).sort("h")
    return counts["n"].to_numpy().astype(np.float64)


def _populations(request: Request, frame: Frame, names: list[Any]) -> np.ndarray:
    if request.fpc is None:
        return np.full(len(names), np.inf)
    fpc = nw.col(request.fpc)
    found = frame.group_by(STRATUM).agg(fpc.min().alias("low"), fpc.max().alias("high"))
    facts = pl.DataFrame(found.collect("polars").to_native())
    uneven = facts.filter(pl.col("low") != pl.col("high"))
    if uneven.height:
        row = uneven.sort(STRATUM).row(0, named=True)
        raise Unusable(
            f"Column {request.fpc!r} must be one number in a stratum; in {row[STRATUM]!r} it runs "
            f"from {row['low']:g} to {row['high']:g}."
        )
    known = dict(facts.select(STRATUM, "low").iter_rows())
    return np.array([known[name] for name in names], dtype=np.float64)


def _refuse_small(names: list[Any], sampled: np.ndarray, population: np.ndarray) -> None:
    over = np.flatnonzero(sampled > population)
    if over.size:
        h = int(over[0])
        raise Unusable(
            f"Stratum {names[h]!r} has {sampled[h]:g} units in the sample and, by its fpc, "
            f"{population[h]:g} in the population. The fpc is a count of units (clusters with "
            "--psu, else persons), not a fraction."
        )


def places(cells: pl.DataFrame, domains: pl.DataFrame, by: tuple[str, ...]) -> np.ndarray:
    if not by:
        return np.zeros(cells.height, dtype=np.int64)
    numbered = domains.with_row_index("place")
    joined = cells.select(by).join(numbered, on=list(by), how="left", maintain_order="left")
    return joined["place"].to_numpy().astype(np.int64)


def sums_of(layout: Layout, targets: list[Target], *, clustered: bool) -> Sums:
    """Return the sums of the targets, in their order."""
    rows = layout.cells.filter(layout.inside)

    def column(target: Target, letter: str) -> np.ndarray:
        return rows[f"{target.key}|{letter}"].to_numpy().astype(np.float64)

    stacked = {
        letter: np.stack([column(target, letter) for target in targets], axis=1)
        for letter in ("m", "w", "y", "ww", "wy", "yy")
    }
    return Sums(
        cells=layout.indices,
        clustered=clustered,
        centre=np.array([target.centre for target in targets]),
        ratio=np.array([target.statistic is not Statistic.TOTAL for target in targets]),
        **stacked,
    )


def linear(request: Request, layout: Layout, targets: list[Target]) -> tuple[Estimates, np.ndarray]:
    """Return the estimates of means, totals, shares and ratios, and their design effects.

    Raises:
        Unusable: a stratum has a single unit, and the rule is to refuse.
    """
    clustered = request.psu is not None
    sums = sums_of(layout, targets, clustered=clustered)
    try:
        found = estimate(sums, layout.strata, request.lonely)
    except LonelyPSU as error:
        raise lonely_strata(error, layout.names) from None
    found = _with_exact_shares(found, layout, targets)
    with np.errstate(divide="ignore", invalid="ignore"):  # no spread, no design effect
        deff = found.variance / _random_sample(layout, targets, found)
    return found, np.where(found.variance > 0, deff, np.nan)


def _with_exact_shares(found: Estimates, layout: Layout, targets: list[Target]) -> Estimates:
    """Return the estimates with shares of none and of all at exactly 0 and 1, without variance.

    The engine adds weights in an order of its own, so their quotient may miss 1 by a rounding, and
    by another one in the next run; what decides is the count of rows.
    """
    rows, value, variance = layout.cells.filter(layout.inside), found.value, found.variance
    for k, target in enumerate(targets):
        if target.statistic is not Statistic.SHARE:
            continue
        for letter, end in (("zeros", 0.0), ("ones", 1.0)):
            counts = rows[f"{target.key}|{letter}"].to_numpy().astype(np.float64)
            all_there = (layout.indices.summed(counts) == found.n[:, k]) & (found.n[:, k] > 0)
            value[all_there, k], variance[all_there, k] = end, 0.0
    return found


def lonely_strata(error: LonelyPSU, names: list[Any]) -> Unusable:
    """Return the refusal that names lonely strata as the file does."""
    told = ", ".join(repr(names[int(str(h))]) for h in error.strata)
    return Unusable(
        f"Strata with a single sampled unit have no variance: {told}. Join them to a sibling in "
        "the file, or say what to do with --lonely certainty, adjust or average."
    )


def _random_sample(layout: Layout, targets: list[Target], found: Estimates) -> np.ndarray:
    rows = layout.cells.filter(layout.inside)
    made = []
    for k, target in enumerate(targets):

        def summed(letter: str, key: str = target.key) -> np.ndarray:
            return layout.indices.summed(rows[f"{key}|{letter}"].to_numpy().astype(np.float64))

        weight, value = summed("p"), found.value[:, k]
        with np.errstate(divide="ignore", invalid="ignore"):
            if target.over is not None:
                spread = summed("q") - 2 * value * summed("qx") + value**2 * summed("qxx")
                square = spread / summed("w") ** 2
            else:
                square = summed("q") - summed("y") ** 2 / weight
                if target.statistic is not Statistic.TOTAL:
                    square = square / weight**2
        made.append(srs_variance(square, weight, found.n[:, k]))
    return np.stack(made, axis=1)


def by_of(layout: Layout, request: Request) -> Iterator[dict[str, Any]]:
    """Return, per domain, the values of the columns that name it."""
    for row in layout.domains.iter_rows(named=True):
        yield {column: plain(row[column]) for column in request.by}


def plain(value: Any) -> Any:
    """Return a label as people wrote it: whole numbers as numbers."""
    if isinstance(value, str) and value.lstrip("-").isdigit() and str(int(value)) == value:
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def stat_of(target: Target) -> Stat:
    """Return the statistic of a target as it was asked for."""
    return Stat(target.statistic.value, over=target.over)
