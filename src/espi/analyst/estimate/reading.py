"""Reads a file of survey data as a checked frame, or says which cell is wrong.

Text is read as text first, so that a wrong cell can be shown as it is written.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import narwhals as nw
import polars as pl
from narwhals.dtypes import DType

from espi.analyst.estimate.checks import (
    ROW,
    no_number,
    refuse_text,
    refuse_unusable,
    with_decimal_points,
)
from espi.csv_separator import separator_of
from espi.method.errors import TableUnusable
from espi.method.estimation.cell_sums import Frame
from espi.method.tables.layout import crossed
from espi.method.tables.request import PSU, SSU, STRATUM, Request

MISSING = ("", "NA", "NaN", "nan", ".")  # as spreadsheets, R, pandas and SPSS write "no value"
LEAST_REPLICATES = 2
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


def read_table(file: TableFile, request: Request) -> tuple[Request, Frame]:
    """Return the rows of a file, checked, with the design under its names in ``method``.

    Returns:
        The request, with the columns of replicates that its patterns mean, and the columns that it
        needs, lazily.

    Raises:
        TableUnusable: the file cannot be read, or does not hold what the request needs.
    """
    if file.engine == "spark" and request.needs_rows:
        raise TableUnusable(
            "Quantiles, replicates, changed weights, second stages and comparisons need the rows "
            "in one memory: use --engine polars."
        )
    if file.kind == ".csv":
        _refuse_repeated_columns(file.path)
    raw = _spark(file) if file.engine == "spark" else _polars(file)
    names = [name for name in raw.collect_schema().names() if name != ROW]
    request = _with_replicates(request, names)
    if missing := [c for c in (*request.numbers, *request.labels) if c not in names]:
        raise TableUnusable(
            f"No column {', '.join(map(repr, missing))} in the file. It has: {', '.join(names)}."
        )
    frame = _as_numbers(file, request, raw)
    refuse_unusable(request, frame)
    strata = [nw.col(column) for column in request.design.strata]
    design = {STRATUM: crossed(strata) if strata else nw.lit("all")}
    for name, column in ((PSU, request.design.psu), (SSU, request.design.ssu)):
        if column:
            design[name] = nw.col(column)
    needed = dict.fromkeys([*request.numbers, *request.labels, *design])
    return request, frame.with_columns(**design).select(*needed)


def _with_replicates(request: Request, names: list[str]) -> Request:
    """Return the request with the columns that ``rw*`` means, in the order of the file."""
    replication, columns = request.replication, list[str]()
    if replication is None or not replication.columns:
        return request
    for pattern in replication.columns:
        meant = [pattern]
        if pattern.endswith("*"):
            meant = [name for name in names if name.startswith(pattern[:-1])]
            meant = [name for name in meant if name != request.design.weight]
            if not meant:
                raise TableUnusable(
                    f"--replicates {pattern}: no column of the file begins with {pattern[:-1]!r}. "
                    f"It has: {', '.join(names)}."
                )
        columns += meant
    if len(set(columns)) < LEAST_REPLICATES:
        raise TableUnusable(
            f"--replicates names {len(set(columns))} column: a variance needs two or more."
        )
    columns = list(dict.fromkeys(columns))
    return replace(request, replication=replace(replication, columns=tuple(columns)))


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
    with path.open(encoding="utf-8", errors="replace") as lines:
        return separator_of(lines.readline())


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
    categories: list[str] = []
    if file.engine == "polars":
        categories = [c for c in text if _only_shared(request, c) and no_number(blank, c)]
    numbers = [c for c in request.numbers if c not in categories]
    text = [c for c in text if c not in categories]
    if not text:
        return _without_nan(numbers, blank)
    if file.engine == "polars":
        if file.kind == ".csv" and _separator(file.path) == ";":
            blank = with_decimal_points(blank, text)
        refuse_text(blank, text)
    return _without_nan(numbers, blank.with_columns(nw.col(c).cast(nw.Float64()) for c in text))


def _only_shared(request: Request, column: str) -> bool:
    """Say whether nothing but shares is asked of a column, so that it may hold text."""
    shared = column in request.of and all(stat.name == "share" for stat in request.stats)
    design = {*request.design.numbers, *request.replicate_columns}
    ordered = {c.column for c in request.where if c.of_numbers}
    sums = request.calibration.sums if request.calibration else ()
    return shared and column not in {*design, *ordered, *sums}


def _numeric(kind: DType) -> bool:
    return bool(kind.is_numeric() or kind == nw.Boolean())


def _without_nan(columns: list[str], frame: Frame) -> Frame:
    frame = frame.with_columns(nw.col(c).cast(nw.Float64()).alias(c) for c in columns)
    return frame.with_columns(
        nw.when(~nw.col(c).is_nan()).then(nw.col(c)).alias(c) for c in columns
    )
