"""Reads a file of survey data as a checked frame, or says which cell is wrong.

Text is read as text first, so that a wrong cell can be shown as it is written.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import narwhals as nw
import polars as pl
from narwhals.dtypes import DType

from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Frame
from espi.method.tables.request import PSU, STRATUM, Request

ROW = "row of the file"  # our column of row numbers; blanks, so that no column is called so
MISSING = ("", "NA", "NaN", "nan", ".")  # as spreadsheets, R, pandas and SPSS write "no value"
SHOWN = 5  # wrong rows that a message names
FIRST_ROW = {".csv": 2}  # the header is row 1


@dataclass(frozen=True, slots=True)
class TableFile:
    """A file with a row per respondent, and what reads it.

    Attributes:
        path: ends in .csv, .parquet, .pq or .sav.
        engine: ``polars``, or ``spark`` for a file past one machine.
    """

    path: Path
    engine: str

    @property
    def kind(self) -> str:
        """The ending of its name, such as ``.csv``."""
        return self.path.suffix.lower()


def read_table(file: TableFile, request: Request) -> Frame:
    """Return the rows of a file, checked, with stratum and cluster under their names in ``method``.

    Raises:
        TableUnusable: the file cannot be read, or does not hold what the request needs.
    """
    if file.engine == "spark" and request.needs_rows:
        raise TableUnusable(
            "Quantiles and the bootstrap need the rows in one memory: use --engine polars."
        )
    if file.kind == ".csv":
        _refuse_repeated_columns(file.path)
    raw = _spark(file) if file.engine == "spark" else _polars(file)
    names = raw.collect_schema().names()
    if missing := [c for c in (*request.numbers, *request.labels) if c not in names]:
        there = ", ".join(name for name in names if name != ROW)
        raise TableUnusable(
            f"No column {', '.join(map(repr, missing))} in the file. It has: {there}."
        )
    frame = _as_numbers(file, request, raw)
    _refuse_gaps(request, frame)
    _refuse_infinite(request, frame)
    _refuse_weights(request, frame)
    _refuse_shares(request, frame)
    design = {STRATUM: nw.col(request.strata) if request.strata else nw.lit("all")}
    if request.psu:
        design[PSU] = nw.col(request.psu)
    return frame.with_columns(**design)


def _polars(file: TableFile) -> Frame:
    path, kind = file.path, file.kind
    first = FIRST_ROW.get(kind, 1)
    try:
        if kind == ".csv":
            # Read whole: a column left out would hide that a row has too many cells.
            text = pl.read_csv(path, infer_schema=False, separator=_separator(path))
            lazy = text.lazy().with_row_index(ROW, offset=first)
        elif kind in {".parquet", ".pq"}:
            lazy = pl.scan_parquet(path, row_index_name=ROW, row_index_offset=first)
        elif kind == ".sav":
            lazy = _sav(path).with_row_index(ROW, offset=first)
        else:
            raise TableUnusable(f"{path.name}: a file must end in .csv, .parquet or .sav.")
        lazy.collect_schema()
    except (pl.exceptions.PolarsError, OSError) as error:
        raise TableUnusable(f"{path.name} cannot be read: {error}") from None
    return nw.from_native(lazy)


def _separator(path: Path) -> str:
    """Return the separator of a CSV file: the most frequent of comma, semicolon and tab."""
    with path.open(encoding="utf-8", errors="replace") as lines:
        header = lines.readline()
    return max(",;\t", key=header.count)


def _refuse_repeated_columns(path: Path) -> None:
    """Refuse a header that names two columns alike: which one was meant cannot be known."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as lines:
        names = [name.strip() for name in next(csv.reader(lines, delimiter=_separator(path)), [])]
    repeated = sorted({name for name in names if name and names.count(name) > 1})
    if repeated:
        raise TableUnusable(
            f"{path.name}: more than one column is named {', '.join(map(repr, repeated))}. Rename "
            "all but one in the header."
        )


def _sav(path: Path) -> pl.LazyFrame:
    try:
        import pyreadstat
    except ImportError:
        raise TableUnusable("SPSS files need the extra: pip install 'e-spi[formats]'.") from None
    try:
        frame, _metadata = pyreadstat.read_sav(str(path), output_format="polars")
    except pyreadstat.ReadstatError as error:
        raise TableUnusable(f"{path.name} cannot be read: {error}") from None
    return pl.LazyFrame(frame)


def _spark(file: TableFile) -> Frame:
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise TableUnusable("This engine needs the extra: pip install 'e-spi[spark]'.") from None
    spark = SparkSession.builder.appName("espi estimate").getOrCreate()
    if file.kind == ".csv":
        frame = spark.read.csv(
            str(file.path), header=True, mode="FAILFAST", sep=_separator(file.path)
        )
    elif file.kind in {".parquet", ".pq"}:
        frame = spark.read.parquet(str(file.path))
    else:
        raise TableUnusable("With --engine spark the file must be .csv or .parquet.")
    if dotted := [name for name in frame.columns if "." in name]:
        raise TableUnusable(f"Spark takes no dots in the names of columns: rename {dotted[0]!r}.")
    return nw.from_native(frame)


def _as_numbers(file: TableFile, request: Request, raw: Frame) -> Frame:
    schema = raw.collect_schema()
    text = [c for c in request.numbers if schema[c] in {nw.String(), nw.Categorical()}]
    if faulty := [c for c in request.numbers if c not in text and not _numeric(schema[c])]:
        raise TableUnusable(f"Column {faulty[0]!r} holds {schema[faulty[0]]}, not numbers.")
    blank = raw.with_columns(
        nw.when(~nw.col(c).cast(nw.String()).str.strip_chars().is_in(MISSING))
        .then(nw.col(c).cast(nw.String()).str.strip_chars())
        .alias(c)
        for c in dict.fromkeys([*text, *(c for c in request.labels if schema[c] == nw.String())])
    )
    if not text:
        return _without_nan(request, blank)
    if file.engine == "polars":
        _refuse_text(blank, text)
    return _without_nan(request, blank.with_columns(nw.col(c).cast(nw.Float64()) for c in text))


def _numeric(kind: DType) -> bool:
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
        faulty = lazy.filter(wrong).select(ROW, column).head(SHOWN).collect()
        if faulty.height:
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


def _refuse_gaps(request: Request, frame: Frame) -> None:
    for column in (request.strata, request.psu, request.weight, request.fpc):
        if column and (where := _rows(frame, nw.col(column).is_null())):
            raise TableUnusable(f"Column {column!r} has no value in {where}; the design needs it.")


def _refuse_infinite(request: Request, frame: Frame) -> None:
    for column in request.numbers:
        y = nw.col(column)
        if where := _rows(frame, ~y.is_null() & ~y.is_finite()):
            raise TableUnusable(f"Column {column!r} has a number without end in {where}.")


def _refuse_weights(request: Request, frame: Frame) -> None:
    weight = nw.col(request.weight)
    if where := _rows(frame, weight <= 0):
        raise TableUnusable(
            f"Column {request.weight!r} must hold weights above zero. Not so in {where}. Leave out "
            "rows that were not drawn."
        )


def _refuse_shares(request: Request, frame: Frame) -> None:
    for stat in request.stats:
        for column in request.of if stat.name == "share" else ():
            y = nw.col(column)
            if where := _rows(frame, ~y.is_null() & (y != 0) & (y != 1)):
                raise TableUnusable(
                    f"A share needs zeros and ones. Column {column!r} differs in {where}."
                )
