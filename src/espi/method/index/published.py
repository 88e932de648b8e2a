"""Reads published results, and recomputes them with the specification of their year."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from espi.csv_separator import separator_of, with_decimal_point
from espi.method.errors import PublishedFileFaulty, SpecificationFaulty
from espi.method.index.composition import index, weighted
from espi.method.index.specification import Specification, take

COLUMNS = (
    "year", "institution_id", "institution", "level", "region_code", "index",
    "internal", "external", "expert", "correction_conduct", "correction_facts",
)  # fmt: skip
SCORES, CORRECTIONS = COLUMNS[5:9], COLUMNS[9:]
# Published figures have two decimals. Rounding moves the index, the mean of its components and
# each of its two corrections by 0.005 at most.
TOLERANCE = 0.02
MOST_MEGABYTES = 50  # all years of all institutions have one
NATIONAL = "NASIONAL"
YEAR = re.compile(r"([0-9]{4})(\.0+)?")  # a table that was computed with may say 2023.0
# A province has two digits, a regency or city four, with or without a dot between.
REGION_CODE = re.compile(r"[0-9]{2}(\.?[0-9]{2})?")


@dataclass(frozen=True, slots=True)
class PublishedRow:
    """One published result; scores in 0–100, corrections in points.

    Attributes:
        region_code: of a province or regency, empty for a ministry.
        components: score of each group: internal, external, expert.
        corrections: points taken off for ``conduct`` and ``facts``.
    """

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


@dataclass(frozen=True, slots=True)
class YearCheck:
    """How the rows of one year fit.

    Attributes:
        rows: agencies, the national figure left out.
        within: of these, rows that fit within the tolerance.
        largest_residual: in points, without its sign.
        further: rows that lie below their parts by more than the tolerance: a further correction
            that is not displayed would explain them. Counted where the year's specification says
            that there were such corrections, else none.
        misfits: the other rows, in the order of the file.
    """

    year: int
    rows: int
    within: int
    largest_residual: float
    further: int | None
    misfits: tuple[Misfit, ...]


def read_rows(paths: Iterable[Path]) -> list[PublishedRow]:
    """Read files of published results, in UTF-8 with the columns of ``COLUMNS``.

    Raises:
        PublishedFileFaulty: a file cannot be read or lacks a column; a cell does not hold what
            its column needs; or two rows are of one institution in one year. File, row, column and
            how to mend it are named.
    """
    rows = [located for path in paths for located in _read(path)]
    _refuse_repeated(rows)
    return [row for _location, row in rows]


def _read(path: Path) -> list[tuple[str, PublishedRow]]:
    """Return the rows of a file, each with its location in words."""
    try:
        if path.stat().st_size > MOST_MEGABYTES * 1024 * 1024:
            raise PublishedFileFaulty(f"{path.name}: larger than {MOST_MEGABYTES} MB")
        with path.open(encoding="utf-8-sig", newline="") as lines:
            separator = separator_of(lines.readline())
            lines.seek(0)
            reader = csv.DictReader(lines, delimiter=separator)
            header = reader.fieldnames or []
            if missing := [name for name in COLUMNS if name not in header]:
                raise PublishedFileFaulty(
                    f"{path.name}: missing columns {', '.join(missing)}; "
                    f"the file has {', '.join(header) or 'no header'}"
                )
            pointed = (
                {name: _pointed(name, cell, separator) for name, cell in cells.items()}
                for cells in reader
            )
            located = ((f"{path.name}, row {n}", cells) for n, cells in enumerate(pointed, start=2))
            return [(location, _row(location, cells)) for location, cells in located]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise PublishedFileFaulty(f"{path.name}: cannot be read as CSV in UTF-8: {error}") from None


def _pointed(name: str | None, cell: str | None, separator: str) -> str | None:
    """Return a cell, with a decimal point where its column holds numbers."""
    if cell is None or name not in {*SCORES, *CORRECTIONS}:
        return cell
    return with_decimal_point(cell, separator)


def _row(location: str, cells: dict[str | None, str | None]) -> PublishedRow:
    if None in cells:
        raise PublishedFileFaulty(
            f"{location} has more cells than the header has columns. Put a cell with a comma in "
            "quotation marks, and write numbers with a decimal point."
        )
    scores = {name: _number(location, name, cells[name]) for name in SCORES}
    corrections = {name: _number(location, name, cells[name]) for name in CORRECTIONS}
    for name, score in scores.items():
        if not 0 <= score <= 100:  # noqa: PLR2004 the scale of every score
            raise PublishedFileFaulty(
                f"{location}, column {name}: {cells[name]!r} is no score. A score lies between 0 "
                "and 100; look for a lost decimal point."
            )
    return PublishedRow(
        year=_year(location, cells["year"] or ""),
        institution_id=_filled_in(location, "institution_id", cells["institution_id"]),
        institution=_filled_in(location, "institution", cells["institution"]),
        level=cells["level"] or "",
        region_code=_region_code(location, cells["region_code"] or ""),
        index=scores["index"],
        components={name: scores[name] for name in ("internal", "external", "expert")},
        corrections={
            name.removeprefix("correction_"): points for name, points in corrections.items()
        },
    )


def _year(location: str, text: str) -> int:
    if not (year := YEAR.fullmatch(text.strip())):
        raise PublishedFileFaulty(
            f"{location}, column year: {text!r} is not a year. Write four digits, such as 2023."
        )
    return int(year[1])


def _filled_in(location: str, column: str, text: str | None) -> str:
    if not text or not text.strip():
        raise PublishedFileFaulty(f"{location}, column {column} is empty. Fill it in.")
    return text


def _region_code(location: str, text: str) -> str:
    """Return a region code, which may be empty or have letters; digits must be all there.

    A spreadsheet that takes a code for a number drops its noughts: 0801 becomes 801, 35.10
    becomes 35.1, and the row would join another region or none.
    """
    code = text.strip()
    if _is_number(code) and not REGION_CODE.fullmatch(code):
        raise PublishedFileFaulty(
            f"{location}, column region_code: {text!r} is no region code; it seems to have lost a "
            "nought. A province has two digits, a regency or city four (0801, 35.10): format the "
            "column as text and write the codes in full."
        )
    return code


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _number(location: str, column: str, text: str | None) -> float:
    try:
        value = float(text or "")
    except ValueError:
        value = float("nan")
    if not -1e6 < value < 1e6:  # noqa: PLR2004 refuses NaN and infinities too
        raise PublishedFileFaulty(
            f"{location}, column {column}: {text!r} is not a number. Write it with a decimal "
            "point, such as 71.35."
        )
    return value


def _refuse_repeated(rows: Iterable[tuple[str, PublishedRow]]) -> None:
    """Refuse two rows of one institution in one year: which one was published is not known.

    The number of an institution may differ from year to year and even within one, so a name that
    comes twice at one level and region counts as repeated as well.
    """
    first_location: dict[tuple[int, str, str, str], str] = {}
    for location, row in rows:
        name = " ".join(row.institution.upper().split())
        keys = [(row.year, "name", name, f"{row.level} {row.region_code}")]
        if row.is_agency:
            keys.append((row.year, "number", row.institution_id.strip(), ""))
        for key in keys:
            if (earlier := first_location.setdefault(key, location)) != location:
                raise PublishedFileFaulty(
                    f"{location}: {row.institution!r} of {row.year} stands in {earlier} already, "
                    f"by its {key[1]} {key[2]!r}. Leave one row for each institution and year."
                )


def check(rows: Sequence[PublishedRow]) -> list[YearCheck]:
    """Recompute every agency's index, by the code that computes a wave (M12).

    Returns:
        How the rows of each year fit, earliest year first; the national figure is left out.

    Raises:
        PublishedFileFaulty: there is no specification for a year.
    """
    by_year: dict[int, list[PublishedRow]] = defaultdict(list)
    for row in rows:
        if row.is_agency:
            by_year[row.year].append(row)
    return [_check_year(year, agencies) for year, agencies in sorted(by_year.items())]


def _check_year(year: int, rows: Sequence[PublishedRow]) -> YearCheck:
    specification = _specification(year)
    fits = [
        Misfit(row.institution_id, row.institution, row.index, row.recomputed(specification))
        for row in rows
    ]
    # Published figures have two decimals: a residual of 0.0200000001 is one of 0.02.
    misfits = tuple(fit for fit in fits if abs(round(fit.residual, 6)) > TOLERANCE)
    further = None
    if specification.further_corrections:
        further = sum(misfit.residual < 0 for misfit in misfits)
    return YearCheck(
        year=year,
        rows=len(fits),
        within=len(fits) - len(misfits),
        largest_residual=max(abs(fit.residual) for fit in fits),
        further=further,
        misfits=misfits,
    )


def _specification(year: int) -> Specification:
    try:
        return take(f"spi-{year}")
    except SpecificationFaulty:
        raise PublishedFileFaulty(f"no index specification is known for the year {year}") from None
