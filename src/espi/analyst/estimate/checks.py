"""What a table must be before anything is estimated from it, each refused with its rows."""

from __future__ import annotations

import narwhals as nw
import polars as pl

from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Frame
from espi.method.tables.request import Request

ROW = "row of the file"  # our column of row numbers; blanks, so that no column is called so
SHOWN = 5  # wrong rows that a message names


def refuse_unusable(request: Request, frame: Frame) -> None:
    """Refuse gaps in the design, numbers without end, negative weights and faulty shares.

    Raises:
        TableUnusable: with the first rows that are wrong.
    """
    _refuse_gaps(request, frame)
    _refuse_infinite(request, frame)
    _refuse_weights(request, frame)
    _refuse_shares(request, frame)


def no_number(frame: Frame, column: str) -> bool:
    """Say whether a column of text has values and none of them is a number."""
    lazy: pl.LazyFrame = nw.to_native(frame)
    value = pl.col(column)
    counts = lazy.select(
        value.is_not_null().any().alias("values"),
        value.cast(pl.Float64, strict=False).is_not_null().any().alias("numbers"),
    ).collect()
    values, numbers = counts.row(0)
    return bool(values) and not numbers


def with_decimal_points(frame: Frame, columns: list[str]) -> Frame:
    """Return a frame whose columns of numbers with decimal commas have points.

    Spreadsheets that separate cells by semicolons write ``3,5``. A column with a point anywhere is
    left as it is: whether ``1.234`` is a thousand or about one cannot be known.
    """
    lazy: pl.LazyFrame = nw.to_native(frame)
    pointed = (
        lazy.select(pl.col(c).str.contains(".", literal=True).any().alias(c) for c in columns)
        .collect()
        .row(0, named=True)
    )
    return frame.with_columns(
        nw.col(c).str.replace_all(",", ".", literal=True) for c in columns if not pointed[c]
    )


def refuse_text(frame: Frame, columns: list[str]) -> None:
    """Refuse columns with cells that are not numbers, naming the first of them.

    Raises:
        TableUnusable: with rows and cells.
    """
    lazy: pl.LazyFrame = nw.to_native(frame)
    wrong = {
        c: pl.col(c).is_not_null() & pl.col(c).cast(pl.Float64, strict=False).is_null()
        for c in columns
    }
    any_wrong = lazy.select(**{c: expr.any() for c, expr in wrong.items()}).collect()
    for column in (c for c in columns if any_wrong[c][0]):
        faulty = lazy.filter(wrong[column]).select(ROW, column).head(SHOWN).collect()
        cells = ", ".join(f"row {row}: {value!r}" for row, value in faulty.iter_rows())
        hint = " Write numbers with a decimal point." if "," in cells.split(": ", 1)[1] else ""
        raise TableUnusable(f"Column {column!r} must hold numbers. Not so in {cells}.{hint}")


def _rows(frame: Frame, wrong: nw.Expr) -> str:
    """Return in words which rows are wrong, or nothing where none is."""
    if ROW not in frame.collect_schema().names():
        count = frame.filter(wrong).select(nw.len().alias("n")).collect("polars")["n"][0]
        return f"{count} rows" if count else ""
    rows = frame.filter(wrong).select(ROW).head(SHOWN + 1).collect("polars")[ROW].to_list()
    numbers = ", ".join(map(str, rows[:SHOWN])) + (" and others" if len(rows) > SHOWN else "")
    return f"row {numbers}" if rows else ""


def _first_wrong(frame: Frame, wrong: dict[str, nw.Expr]) -> tuple[str, str] | None:
    """Return the first column that has wrong rows, and which; all columns in one pass."""
    if not wrong:
        return None
    any_wrong = frame.select(**{c: expr.any() for c, expr in wrong.items()}).collect("polars")
    column = next((c for c in wrong if any_wrong[c][0]), None)
    return None if column is None else (column, _rows(frame, wrong[column]))


def _refuse_gaps(request: Request, frame: Frame) -> None:
    design = request.design
    columns = (*design.labels, *design.numbers, *request.replicate_columns)
    if fault := _first_wrong(frame, {c: nw.col(c).is_null() for c in columns}):
        column, where = fault
        raise TableUnusable(f"Column {column!r} has no value in {where}; the design needs it.")


def _refuse_infinite(request: Request, frame: Frame) -> None:
    schema = frame.collect_schema()
    numbers = {c: nw.col(c) for c in request.numbers if schema[c].is_numeric()}
    wrong = {c: ~y.is_null() & ~y.is_finite() for c, y in numbers.items()}
    if fault := _first_wrong(frame, wrong):
        column, where = fault
        raise TableUnusable(f"Column {column!r} has a number without end in {where}.")


def _refuse_weights(request: Request, frame: Frame) -> None:
    columns = (request.design.weight, *request.replicate_columns)
    if fault := _first_wrong(frame, {c: nw.col(c) < 0 for c in columns}):
        column, where = fault
        raise TableUnusable(
            f"Column {column!r} must hold weights, zero or more. Not so in {where}. A row of "
            "weight zero was drawn and stands for nobody; leave out rows that were not drawn."
        )


def _refuse_shares(request: Request, frame: Frame) -> None:
    schema = frame.collect_schema()
    if not any(stat.name == "share" and stat.category is None for stat in request.stats):
        return
    numbers = {c: nw.col(c) for c in request.of if schema[c].is_numeric()}
    wrong = {c: ~y.is_null() & (y != 0) & (y != 1) for c, y in numbers.items()}
    if fault := _first_wrong(frame, wrong):
        column, where = fault
        raise TableUnusable(
            f"A share needs zeros and ones. Column {column!r} differs in {where}. The share of "
            "one value is --stat share:VALUE."
        )
