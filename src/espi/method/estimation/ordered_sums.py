"""Layer one where the last bit counts: the same sums as ``cell_sums``, always in the same order.

Engines that add in parallel do so in another order each time, and sums of floating-point numbers
differ in their last digits. A run that must repeat to the byte sorts its rows into cells once, and
adds in that order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from espi.method.estimation.from_sums import Sums
from espi.method.estimation.kernel import Cells, Index, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Order:
    """Rows sorted into cells of domain × stratum.

    Attributes:
        rows: the row at each place, shape (n,).
        starts: first place of each cell, shape (c,).
        weight: in that order, shape (n,).
    """

    rows: Index
    starts: Index
    cells: Cells
    weight: Vector


def ordered(domain: Index, stratum: Index, weight: Vector, domains: int) -> Order:
    """Sort rows into cells; rows of a domain of ``domains`` or above belong to none.

    Args:
        domain: 0-based, shape (n,).
        stratum: 0-based, shape (n,).
        weight: shape (n,).
        domains: how many there are.
    """
    inside = np.flatnonzero(domain < domains)
    h = int(stratum.max(initial=0)) + 1
    key = (domain * h + stratum)[inside]
    order = np.argsort(key, kind="stable")
    sorted_key = key[order]
    starts = np.flatnonzero(np.diff(sorted_key, prepend=-1))
    kinds = sorted_key[starts]
    rows = inside[order]
    return Order(rows, starts, Cells(kinds // h, kinds % h, domains), weight[rows])


def ordered_sums(columns: Sequence[Vector], order: Order, centres: Sequence[float]) -> Sums:
    """Return the sums of the means of several columns over every cell.

    Args:
        columns: k of them, NaN where missing, shape (n,).
        order: of the rows.
        centres: subtracted before squaring, about the middle of each column.
    """
    sums = [
        _column_sums(column, order, centre) for column, centre in zip(columns, centres, strict=True)
    ]
    m, w, y, ww, wy, yy = (np.stack(letter, axis=1) for letter in zip(*sums, strict=True))
    return Sums(
        cells=order.cells,
        clustered=False,
        m=m, w=w, y=y, ww=ww, wy=wy, yy=yy,
        centre=np.array(centres),
        ratio=np.ones(len(columns), dtype=bool),
    )  # fmt: skip


def _column_sums(column: Vector, order: Order, centre: float) -> tuple[Vector, ...]:
    if not order.starts.size:
        return tuple(np.zeros(0) for _ in range(6))
    value = column[order.rows] - centre
    answered = ~np.isnan(value)
    w = np.where(answered, order.weight, 0.0)
    y = np.where(answered, value, 0.0) * w
    parts = (answered.astype(np.float64), w, y, w * w, w * y, y * y)
    return tuple(np.add.reduceat(part, order.starts) for part in parts)
