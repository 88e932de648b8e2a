"""A file becomes a checked frame: numbers where numbers belong, a design that can be.

Text is read as text first, so that a wrong cell can be shown as it stands.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import click
import narwhals as nw
import polars as pl

from espi.analyst.estimate.request import Request

ROW = "row of the file"
STRATUM, PSU = "the stratum", "the cluster"
MISSING = ("", "NA", "NaN", "nan", ".")
SHOWN = 5
FIRST_ROW = {".csv": 2}  # the header is row 1

Frame = nw.LazyFrame[Any]


class Unusable(click.ClickException):
    """The file cannot be estimated from; the message says what, where and how to mend it."""


def open_file(request: Request) -> Frame:
    """Return the rows of a file, checked, with strata and clusters under their own names.

    Raises:
        Unusable: something in it is not as the request says.
    """
    if request.path.suffix.lower() == ".csv":
        _refuse_twins(request.path)
    raw = _spark(request) if request.engine == "spark" else _polars(request)
    names = raw.collect_schema().names()
    if missing := [c for c in (*request.numbers, *request.labels) if c not in names]:
        there = ", ".join(name for name in names if name != ROW)
        raise Unusable(f"No column {', '.join(map(repr, missing))} in the file. It has: {there}.")
    frame = _as_numbers(request, raw)
    _refuse_gaps(request, frame)
    _refuse_endless(request, frame)
    _refuse_weights(request, frame)
    stratum = nw.col(request.strata) if request.strata else nw.lit("all")
    made = {STRATUM: stratum}
    if request.psu:
        made[PSU] = nw.col(request.psu)
    return frame.with_columns(**made)


def _polars(request: Request) -> Frame:
    path, kind = request.path, request.path.suffix.lower()
    first = FIRST_ROW.get(kind, 1)
    try:
        if kind == ".csv":
            # Read whole: a column left out would hide that a row has too many cells.
            text = pl.read_csv(path, infer_schema=False, separator=_separator(path))
            lazy = text.lazy().with_row_index(ROW, offset=first)
        elif kind in {".parquet", ".pq"}:
            lazy = pl.scan_parquet(path, row_index_name=ROW, row_index_offset=first)
        elif kind == ".sav":
            lazy = _sav(request).with_row_index(ROW, offset=first)
        else:
            raise Unusable(f"{path.name}: a file must end in .csv, .parquet or .sav.")
        lazy.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise Unusable(f"{path.name} cannot be read: {error}") from None
    return nw.from_native(lazy)


def _separator(path: Path) -> str:
    """Return what stands between the cells of a CSV file: what its first line has most of."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        header = lines.readline()
    return max(",;\t", key=header.count)


def _refuse_twins(path: Path) -> None:
    """Refuse a header that names two columns alike: which one was meant cannot be known."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        names = [name.strip() for name in next(csv.reader(lines, delimiter=_separator(path)), [])]
    twins = sorted({name for name in names if name and names.count(name) > 1})
    if twins:
        raise Unusable(
            f"{path.name}: more than one column is named {', '.join(map(repr, twins))}. Rename "
            "all but one in the header."
        )


def _sav(request: Request) -> pl.LazyFrame:
    try:
        import pyreadstat
    except ImportError:
        raise Unusable("SPSS files need the extra: pip install 'e-spi[formats]'.") from None
    try:
        frame, _facts = pyreadstat.read_sav(str(request.path), output_format="polars")
    except pyreadstat.ReadstatError as error:
        raise Unusable(f"{request.path.name} cannot be read: {error}") from None
    return pl.LazyFrame(frame)


def _spark(request: Request) -> Frame:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Unusable("This engine needs the extra: pip install 'e-spi[spark]'.") from None
    spark = SparkSession.builder.appName("espi estimate").getOrCreate()
    kind = request.path.suffix.lower()
    if kind == ".csv":
        frame = spark.read.csv(
            str(request.path), header=True, mode="FAILFAST", sep=_separator(request.path)
        )
    elif kind in {".parquet", ".pq"}:
        frame = spark.read.parquet(str(request.path))
    else:
        raise Unusable("With --engine spark the file must be .csv or .parquet.")
    if dotted := [name for name in frame.columns if "." in name]:
        raise Unusable(f"Spark takes no dots in the names of columns: rename {dotted[0]!r}.")
    return nw.from_native(frame)


def _as_numbers(request: Request, raw: Frame) -> Frame:
    schema = raw.collect_schema()
    text = [c for c in request.numbers if schema[c] in {nw.String(), nw.Categorical()}]
    if faulty := [c for c in request.numbers if c not in text and not _numeric(schema[c])]:
        raise Unusable(f"Column {faulty[0]!r} holds {schema[faulty[0]]}, not numbers.")
    blank = raw.with_columns(
        nw.when(~nw.col(c).cast(nw.String()).str.strip_chars().is_in(MISSING))
        .then(nw.col(c).cast(nw.String()).str.strip_chars())
        .alias(c)
        for c in dict.fromkeys([*text, *(c for c in request.labels if schema[c] == nw.String())])
    )
    if not text:
        return _without_nan(request, blank)
    if request.engine == "polars":
        _refuse_text(blank, text)
    return _without_nan(request, blank.with_columns(nw.col(c).cast(nw.Float64()) for c in text))


def _numeric(kind: Any) -> bool:
    return bool(kind.is_numeric() or kind == nw.Boolean())


def _without_nan(request: Request, frame: Frame) -> Frame:
    numbers = [nw.col(c).cast(nw.Float64()).alias(c) for c in request.numbers]
    frame = frame.with_columns(*numbers)
    return frame.with_columns(
        nw.when(~nw.col(c).is_nan()).then(nw.col(c)).alias(c) for c in request.numbers
    )


def _refuse_text(frame: Frame, columns: list[str]) -> None:
    """Name the first cells that are not numbers, with their rows."""
    lazy: pl.LazyFrame = nw.to_native(frame)
    for column in columns:
        wrong = (
            pl.col(column).is_not_null() & pl.col(column).cast(pl.Float64, strict=False).is_null()
        )
        found = lazy.filter(wrong).select(ROW, column).head(SHOWN).collect()
        if found.height:
            cells = ", ".join(f"row {row}: {value!r}" for row, value in found.iter_rows())
            hint = " Write numbers with a decimal point." if "," in cells.split(": ", 1)[1] else ""
            raise Unusable(f"Column {column!r} must hold numbers. Not so in {cells}.{hint}")


def _rows(frame: Frame, wrong: nw.Expr) -> str:
    """Return where something is wrong, or nothing if it is so nowhere."""
    if ROW not in frame.collect_schema().names():
        count = frame.filter(wrong).select(nw.len().alias("n")).collect("polars")["n"][0]
        return f"{count} rows" if count else ""
    found = frame.filter(wrong).select(ROW).head(SHOWN + 1).collect("polars")[ROW].to_list()
    told = ", ".join(map(str, found[:SHOWN])) + (" and others" if len(found) > SHOWN else "")
    return f"row {told}" if found else ""


def _refuse_gaps(request: Request, frame: Frame) -> None:
    for column in (request.strata, request.psu, request.weight, request.fpc):
        if column and (where := _rows(frame, nw.col(column).is_null())):
            raise Unusable(f"Column {column!r} has no value in {where}; the design needs it.")


def _refuse_endless(request: Request, frame: Frame) -> None:
    for column in request.numbers:
        y = nw.col(column)
        if where := _rows(frame, ~y.is_null() & ~y.is_finite()):
            raise Unusable(f"Column {column!r} has a number without end in {where}.")


def _refuse_weights(request: Request, frame: Frame) -> None:
    weight = nw.col(request.weight)
    if where := _rows(frame, weight <= 0):
        raise Unusable(
            f"Column {request.weight!r} must hold weights above zero. Not so in {where}. Leave out "
            "rows that were not drawn."
        )
    for stat in request.stats:
        for column in request.of if stat.name == "share" else ():
            y = nw.col(column)
            if where := _rows(frame, ~y.is_null() & (y != 0) & (y != 1)):
                raise Unusable(
                    f"A share needs zeros and ones. Column {column!r} differs in {where}."
                )
