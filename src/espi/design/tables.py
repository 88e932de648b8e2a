"""Reads a table of the design folder, a CSV file with a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from espi.csv_separator import separator_of
from espi.design.errors import DesignFileFaulty

# Codes stand in the names of files and in published CSV files, where a cell must not begin like a
# formula.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# Codes of agencies and service areas are a part of addresses, too, where a dot would end them.
ADDRESS_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
LARGEST_TABLE = 20  # megabytes: the agencies and strata of a whole nation take one

Row = Mapping[str, str]  # cell by column


def read_table(path: Path, columns: tuple[str, ...]) -> list[Row]:
    """Return the rows of a table.

    Raises:
        DesignFileFaulty: the file is missing, too large, no CSV in UTF-8, or lacks a column.
    """
    try:
        if path.stat().st_size > LARGEST_TABLE * 1024 * 1024:
            reason = f"it is larger than {LARGEST_TABLE} MB"
            raise DesignFileFaulty(file=path.name, reason=reason)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            separator = separator_of(lines.readline())
            lines.seek(0)
            reader = csv.DictReader(lines, restval="", delimiter=separator)
            header = reader.fieldnames or []
            if missing := [name for name in columns if name not in header]:
                raise DesignFileFaulty(
                    file=path.name, reason=f"missing columns: {', '.join(missing)}"
                )
            return list(reader)
    except OSError:
        raise DesignFileFaulty(file=path.name, reason="it is not in the folder") from None
    except UnicodeDecodeError:
        raise DesignFileFaulty(file=path.name, reason="it is not UTF-8 text") from None
    except csv.Error as error:
        raise DesignFileFaulty(file=path.name, reason=f"it is not CSV: {error}") from None


def split_cell(cell: str) -> tuple[str, ...]:
    """Return the texts of a cell that holds several, with a bar between them."""
    return tuple(text.strip() for text in cell.split("|") if text.strip())


def refuse_codes(
    file: str, column: str, codes: Iterable[str], form: re.Pattern[str] = CODE
) -> None:
    """Refuse a code that does not fit; the header is row 1.

    Raises:
        DesignFileFaulty: the first code that does not fit, with its row.
    """
    for number, code in enumerate(codes, start=2):
        if not form.fullmatch(code):
            signs = "dots, hyphens" if form is CODE else "hyphens"
            reason = (
                f"row {number}, {column} {code!r}: a code has letters, digits, {signs} and "
                "underscores, and begins with a letter or digit"
            )
            raise DesignFileFaulty(file=file, reason=reason)
