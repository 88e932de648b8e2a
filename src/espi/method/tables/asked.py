"""What is to be estimated, one by one: each statistic of each column, each share of a text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import narwhals as nw
import polars as pl

from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Frame, Statistic, Target
from espi.method.tables.request import Request, Stat
from espi.method.tables.subpopulation import INSIDE, WITHIN

MOST_CATEGORIES = 200  # of a text column; more are names or comments, and nobody reads their shares
MOST_NAMED = 12  # values that a message lists


@dataclass(frozen=True, slots=True)
class Asked:
    """One statistic of one column.

    Attributes:
        of: the column, as the file names it.
        stat: with the category, where the share of one is meant.
        target: what is summed for it; none for a quantile.
    """

    of: str
    stat: Stat
    target: Target | None


def asked_of(request: Request, frame: Frame) -> tuple[list[Asked], Frame]:
    """Return all that is asked, in the order of the answer, and the frame with what it needs.

    The share of a category is the mean of a column of zeros and ones, which is added (M51). Each
    target is centred on the plain mean of its column.

    Raises:
        TableUnusable: a column has no such category, or too many of them.
    """
    pairs: list[tuple[str, Stat, str]] = []  # column of the file, statistic, column that is summed
    added: dict[str, nw.Expr] = {}
    for of in request.of:
        for stat in request.stats:
            for category in _categories(frame, of, stat):
                name = of
                if category is not None:
                    name = f"{of}, share of {category}"
                    added[name] = _indicator(frame, of, category)
                pairs.append((of, replace(stat, category=category), name))
    frame = frame.with_columns(**added) if added else frame
    linear = dict.fromkeys(name for _of, stat, name in pairs if stat.p is None)
    means = frame.select(*[nw.col(c).mean().alias(c) for c in linear]) if linear else None
    row = (
        {}
        if means is None
        else pl.DataFrame(means.collect("polars").to_native()).row(0, named=True)
    )
    asked = [
        Asked(of, stat, None if stat.p is not None else _target(name, stat, row[name] or 0.0))
        for of, stat, name in dict.fromkeys(pairs)
    ]
    return asked, frame


def _target(name: str, stat: Stat, mean: float) -> Target:
    centre = 0.0 if stat.over else float(mean)
    return Target(
        of=name, statistic=Statistic(stat.name), over=stat.over, centre=centre, spread=True
    )


def _categories(frame: Frame, of: str, stat: Stat) -> Iterator[str | None]:
    """Yield the categories whose shares are asked for; one None where there is no category."""
    text = frame.collect_schema()[of] == nw.String()
    if stat.name != "share" or (not text and stat.category is None):
        yield None
        return
    inside = frame
    if INSIDE in frame.collect_schema().names():
        inside = frame.filter(nw.col(INSIDE) == WITHIN)
    values = sorted(_distinct(inside if stat.category is None else frame, of), key=str)
    if stat.category is None:
        if len(values) > MOST_CATEGORIES:
            raise TableUnusable(
                f"Column {of!r} has {len(values)} different values: too many for a share of each. "
                "Ask for one with --stat share:VALUE, or group them in the file."
            )
        yield from map(str, values)
        return
    if not any(_same(value, stat.category) for value in values):
        values_there = ", ".join(repr(_written(value)) for value in values[:MOST_NAMED])
        more = f" and {len(values) - MOST_NAMED} more" if len(values) > MOST_NAMED else ""
        raise TableUnusable(
            f"No row of {of!r} holds {stat.category!r}. It has: {values_there}{more}."
        )
    yield stat.category


def _distinct(frame: Frame, of: str) -> list[object]:
    column = frame.select(of).unique().collect("polars")[of]
    return [value for value in column.to_list() if value is not None]


def _written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


def _same(value: object, category: str) -> bool:
    if not isinstance(value, int | float):
        return str(value) == category
    try:
        return value == float(category)
    except ValueError:
        return False


def _indicator(frame: Frame, of: str, category: str) -> nw.Expr:
    """Return one where the column holds the category, zero elsewhere, nothing without a value."""
    column = nw.col(of)
    same = column == (float(category) if frame.collect_schema()[of].is_numeric() else category)
    return nw.when(~column.is_null()).then(same.cast(nw.Float64()))
