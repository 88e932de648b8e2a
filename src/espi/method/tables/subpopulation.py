"""Rows that stay in the design and belong to no domain: M50."""

from __future__ import annotations

from functools import reduce
from operator import and_, eq, ge, gt, le, lt

import narwhals as nw

from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Frame
from espi.method.tables.request import Condition, Request

INSIDE = "in the subpopulation"  # a column beside those of the file; blanks as in ``request``
OUTSIDE, WEIGHTLESS, WITHIN = 0, 1, 2  # its values; a group of weightless rows alone is still named
ORDERS = {"<": lt, "<=": le, ">": gt, ">=": ge}


def mark_subpopulation(request: Request, frame: Frame) -> Frame:
    """Return the frame with ``INSIDE``, where a condition or a weight of zero puts rows outside.

    A row of weight zero stands for nobody. It was drawn, so its unit still counts in its stratum,
    as a row does that a condition puts outside.

    Raises:
        TableUnusable: no row is inside.
    """
    weight = nw.col(request.design.weight)
    conditions = [_fulfilled(condition, frame) for condition in request.where]
    zeros = frame.select((weight == 0).any().alias("any")).collect("polars")["any"][0]
    if not conditions and not zeros:
        return frame
    inside = nw.when(weight > 0).then(WITHIN).otherwise(WEIGHTLESS)
    if conditions:
        inside = nw.when(reduce(and_, conditions)).then(inside).otherwise(OUTSIDE)
    marked = frame.with_columns(inside.alias(INSIDE))
    most = marked.select(nw.col(INSIDE).max().alias("most")).collect("polars")["most"][0]
    if most != WITHIN:
        words = " and ".join(f"--where {condition}" for condition in request.where)
        what = (
            f"fulfils {words} and has a weight above zero" if words else "has a weight above zero"
        )
        raise TableUnusable(f"No row {what}.")
    return marked


def _fulfilled(condition: Condition, frame: Frame) -> nw.Expr:
    """Return which rows fulfil a condition; those without a value do not."""
    column, kind = nw.col(condition.column), frame.collect_schema()[condition.column]
    if condition.of_numbers:
        ordered: nw.Expr = ORDERS[condition.operator](
            column, _number(condition, condition.values[0])
        )
        return ordered
    if kind.is_numeric():
        equal = [column == _number(condition, value) for value in condition.values]
    else:
        equal = [eq(column.cast(nw.String()), value) for value in condition.values]
    fulfilled = reduce(lambda left, right: left | right, equal)
    return fulfilled if condition.operator == "=" else ~fulfilled & ~column.is_null()


def _number(condition: Condition, value: str) -> float:
    try:
        return float(value)
    except ValueError:
        raise TableUnusable(
            f"--where {condition}: column {condition.column!r} holds numbers; {value!r} is none."
        ) from None
