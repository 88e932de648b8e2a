"""Recomputes published results with the specification of their year."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from espi.method.errors import PublishedFileFaulty, SpecificationFaulty
from espi.method.index.composition import index, weighted
from espi.method.index.specification import Specification, take

COLUMNS = (
    "year", "institution_id", "institution", "level", "region_code", "index",
    "internal", "external", "expert", "correction_conduct", "correction_facts",
)  # fmt: skip
NUMBERS = COLUMNS[5:]
TOLERANCE = 0.02
MOST_MEGABYTES = 50  # all years of all institutions have one
NATIONAL = "NASIONAL"


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One published result; scores in 0–100, corrections in points."""

    year: int
    institution_id: str
    institution: str
    level: str
    region_code: str
    index: float
    components: dict[str, float]
    corrections: dict[str, float]

    @property
    def is_agency(self) -> bool:
        """Say whether the row is an agency; the national figure is not."""
        return self.institution.strip().upper() != NATIONAL

    def recomputed(self, specification: Specification) -> float:
        """Return the index that the row's own components and corrections give."""
        return index(weighted(specification.components, self.components), self.corrections)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A row whose published index is not what its parts give."""

    institution_id: str
    institution: str
    published: float
    recomputed: float

    @property
    def residual(self) -> float:
        """Published less recomputed, in points."""
        return self.published - self.recomputed


@dataclass(slots=True)
class YearCheck:
    """How the rows of one year fit.

    Attributes:
        rows: agencies, the national figure left out.
        further: rows that lie below their parts by more than the tolerance: a further correction
            that is not displayed would explain them. Counted where the year's specification says
            that there were such corrections.
    """

    year: int
    rows: int = 0
    within: int = 0
    largest_residual: float = 0.0
    further: int | None = None
    misfits: list[Misfit] = field(default_factory=list)


def read_rows(paths: Iterable[Path]) -> list[PublishedRow]:
    """Read files of published results.

    Raises:
        PublishedFileFaulty: a file cannot be read, lacks a column, or holds no number where one
            belongs; file, row and column are named.
    """
    return [row for path in paths for row in _read(path)]


def _read(path: Path) -> list[PublishedRow]:
    try:
        if path.stat().st_size > MOST_MEGABYTES * 1024 * 1024:
            raise PublishedFileFaulty(f"{path.name}: larger than {MOST_MEGABYTES} MB")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines)
            found = reader.fieldnames or []
            if missing := [name for name in COLUMNS if name not in found]:
                raise PublishedFileFaulty(
                    f"{path.name}: missing columns {', '.join(missing)}; "
                    f"the file has {', '.join(found) or 'no header'}"
                )
            return [_row(path, number, cells) for number, cells in enumerate(reader, start=2)]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PublishedFileFaulty(f"{path.name}: cannot be read as CSV in UTF-8: {error}") from None


def _row(path: Path, number: int, cells: dict[str, str]) -> PublishedRow:
    values = {name: _number(path, number, name, cells[name]) for name in NUMBERS}
    return PublishedRow(
        year=int(_number(path, number, "year", cells["year"])),
        institution_id=cells["institution_id"],
        institution=cells["institution"],
        level=cells["level"],
        region_code=cells["region_code"] or "",
        index=values["index"],
        components={name: values[name] for name in ("internal", "external", "expert")},
        corrections={
            "conduct": values["correction_conduct"],
            "facts": values["correction_facts"],
        },
    )


def _number(path: Path, row: int, column: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not -1e6 < value < 1e6:  # noqa: PLR2004 refuses NaN and infinities too
        raise PublishedFileFaulty(
            f"{path.name}, row {row}, column {column}: {text!r} is not a number"
        )
    return value


def check(rows: Sequence[PublishedRow]) -> list[YearCheck]:
    """Recompute every agency's index, by the code that computes a wave (M12).

    Raises:
        PublishedFileFaulty: there is no specification for a year.
    """
    years = {}
    for row in rows:
        if not row.is_agency:
            continue
        if row.year not in years:
            years[row.year] = (YearCheck(row.year), _specification(row.year))
        result, specification = years[row.year]
        _add(result, row, specification)
    return [result for _year, (result, _specification) in sorted(years.items())]


def _specification(year: int) -> Specification:
    try:
        return take(f"spi-{year}")
    except SpecificationFaulty:
        raise PublishedFileFaulty(f"no index specification is known for the year {year}") from None


def _add(result: YearCheck, row: PublishedRow, specification: Specification) -> None:
    fit = Misfit(row.institution_id, row.institution, row.index, row.recomputed(specification))
    result.rows += 1
    result.largest_residual = max(result.largest_residual, abs(fit.residual))
    if specification.further_corrections and result.further is None:
        result.further = 0
    # Published figures have two decimals: a residual of 0.0200000001 is one of 0.02.
    if abs(round(fit.residual, 6)) <= TOLERANCE:
        result.within += 1
        return
    result.misfits.append(fit)
    if result.further is not None and fit.residual < 0:
        result.further += 1
