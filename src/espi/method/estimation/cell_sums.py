"""Layer one: additive sums per cell, one expression for any engine.

A cell of domain × stratum (× cluster) is described by a vector of sums, so cells that were computed
apart merge by addition. The expression is written in narwhals and runs on polars, the default, or
on Spark where a file does not fit one machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import narwhals as nw

# Rows on any engine. narwhals types a frame by its engine, which is not known here.
Frame = nw.LazyFrame[Any]


class Statistic(StrEnum):
    """What is estimated of a column."""

    MEAN = "mean"
    TOTAL = "total"
    RATIO = "ratio"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class Target:
    """One thing to estimate: the weighted total of one column, or its ratio to another's.

    Attributes:
        of: the column; rows without a value are outside the domain of this target.
        over: the denominator of a ratio.
        centre: subtracted from the column before anything is squared, so that no digit is lost;
            about the middle of its values.
        complete: no value is missing, so the sums of weights are shared.
        spread: also sum what a design effect needs.
    """

    of: str
    statistic: Statistic = Statistic.MEAN
    over: str | None = None
    centre: float = 0.0
    complete: bool = False
    spread: bool = False

    @property
    def key(self) -> str:
        """The first part of the names of the columns of sums."""
        return self.of if self.over is None else f"{self.of}/{self.over}"

    @property
    def weights_key(self) -> str:
        """The same for the sums of weights, which all complete columns share."""
        return "*" if self.complete else self.key


def cell_sums(
    frame: Frame,
    keys: Sequence[str],
    weight: str,
    targets: Iterable[Target],
) -> Frame:
    """Return, per cell, the rows ``n`` and the additive sums of every target.

    Columns ``KEY|m``, ``KEY|w``, ``KEY|ww`` (rows, Σw, Σw² where there is a value) and ``KEY|y``,
    ``KEY|wy``, ``KEY|yy`` (Σwy, Σw²y, Σw²y²), with y less its centre; for a ratio y / x, w stands
    for wx. Complete columns share ``*|w`` and ``*|ww``. With ``spread`` also ``KEY|q`` (Σwy²) and
    ``KEY|p`` (Σw, also for a ratio); ``KEY|zeros`` and ``KEY|ones`` (rows of exactly 0 and 1,
    since a sum of rounded weights may miss a share of 1 by its last digit); and for ratios
    ``KEY|qx`` (Σwxy) and ``KEY|qxx`` (Σwx²).

    Args:
        frame: rows of the sample.
        keys: columns that name a cell.
        weight: column of weights.
        targets: what is to be estimated.
    """
    products: dict[str, nw.Expr] = {}
    for target in targets:
        products |= _products(target, nw.col(weight))
    if not products:  # counts alone: no target needs more
        return frame.group_by(*keys).agg(nw.len().alias("n"))
    base = frame.with_columns(**_first(products))
    wide = base.with_columns(**_second(products))
    sums = [nw.col(name).sum() for name in products]
    return wide.group_by(*keys).agg(nw.len().alias("n"), *sums)


def _first(products: dict[str, nw.Expr]) -> dict[str, nw.Expr]:
    return {name: expr for name, expr in products.items() if name.rsplit("|", 1)[1] in FIRST}


def _second(products: dict[str, nw.Expr]) -> dict[str, nw.Expr]:
    return {name: expr for name, expr in products.items() if name.rsplit("|", 1)[1] not in FIRST}


FIRST = ("m", "w", "y")  # products of the columns; the others are products of these


def _products(target: Target, weight: nw.Expr) -> dict[str, nw.Expr]:
    y, key, shared = (
        nw.col(target.of).cast(nw.Float64()) - target.centre,
        target.key,
        target.weights_key,
    )
    answered = ~nw.col(target.of).is_null()
    if target.over is not None:
        answered = answered & ~nw.col(target.over).is_null()
    x = nw.lit(1.0) if target.over is None else nw.col(target.over).cast(nw.Float64())
    products: dict[str, nw.Expr] = {}
    if target.complete and target.over is None:
        products |= {"*|w": weight, "*|ww": weight * weight, f"{key}|y": weight * y}
    else:
        products |= {
            f"{key}|m": answered.cast(nw.Int64()),
            f"{key}|w": nw.when(answered).then(weight * x).otherwise(0.0),
            f"{key}|y": nw.when(answered).then(weight * y).otherwise(0.0),
            f"{key}|ww": nw.col(f"{key}|w") * nw.col(f"{key}|w"),
        }
    wy, w = nw.col(f"{key}|y"), nw.col(f"{shared}|w")
    products |= {f"{key}|wy": wy * w, f"{key}|yy": wy * wy}
    if target.spread:
        products |= _for_design_effect(target, nw.when(answered).then(weight).otherwise(0.0), y, x)
    return products


def _for_design_effect(
    target: Target, weight: nw.Expr, y: nw.Expr, x: nw.Expr
) -> dict[str, nw.Expr]:
    key, wy, value = target.key, nw.col(f"{target.key}|y"), nw.col(target.of)
    products = {
        f"{key}|p": weight,
        f"{key}|q": nw.when(wy != 0).then(wy * y).otherwise(0.0),
        f"{key}|zeros": nw.when(value == 0).then(1).otherwise(0),
        f"{key}|ones": nw.when(value == 1).then(1).otherwise(0),
    }
    if target.over is not None:
        wx = nw.col(f"{key}|w")
        products |= {
            f"{key}|qx": nw.when(wy != 0).then(wy * x).otherwise(0.0),
            f"{key}|qxx": nw.when(wx != 0).then(wx * x).otherwise(0.0),
        }
    return products
