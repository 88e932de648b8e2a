"""Cells of CSV files for spreadsheets: a mark that keeps text from being computed.

A spreadsheet computes a cell that begins like a formula, also when it comes from a CSV file. The
mark is an apostrophe in front, as OWASP recommends ("CSV Injection"). Whoever opens a file with
commas in a spreadsheet that separates by semicolons, as in Indonesia, sees each cell split at
its semicolons, and at its line breaks; a formula may begin there, too.

``unguard`` takes off exactly what ``guard`` put on, for any text.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from io import StringIO

# What a spreadsheet takes for the beginning of a formula, blanks and quotes before it included:
# the signs, their full-width forms, and control characters that some programs skip.
FORMULA = r"[ '\"\u00a0]*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]"
BEGINNING = r"(?:\A|(?<=[;\t\r\n]))"
BARE = re.compile(rf"{BEGINNING}(?={FORMULA})")
MARKED = re.compile(rf"{BEGINNING}'(?={FORMULA})")


def guard(text: str) -> str:
    """Return text that a spreadsheet shows and never computes.

    An apostrophe is put before each place at which a formula could begin: the beginning, and what
    follows a semicolon, a tab or a line break.
    """
    return BARE.sub("'", text)


def unguard(text: str) -> str:
    """Return the text that was guarded: ``unguard(guard(text)) == text`` for any text.

    An apostrophe that stands before anything but a formula is part of the text and stays.
    """
    return MARKED.sub("", text) if "'" in text else text


def safe_cell(value: object) -> object:
    """Return a cell with its text guarded; numbers stay numbers."""
    return guard(value) if isinstance(value, str) else value


def csv_text(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, line_end: str = "\r\n"
) -> str:
    """Return the rows as CSV: guarded, and every cell in quotation marks.

    Quotation marks everywhere keep a cell whole whatever the separator of the program that opens
    the file; a number in them is still read as a number.
    """
    out = StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator=line_end)
    writer.writerow([safe_cell(cell) for cell in header])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()
