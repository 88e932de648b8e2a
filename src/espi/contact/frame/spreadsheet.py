"""Reads the rows of a list from a file that cannot be trusted, in a process of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO

from django.conf import settings

from espi.contact.frame import errors
from espi.contact.frame.bounds import MEGABYTE, Bounds
from espi.platform.confined import Exceeded, Limits, run_confined
from espi.platform.errors import Refusal

MOST_ROWS = Bounds().rows
# Measured: the largest list within the bounds takes a third of this memory, and 20 seconds.
LIMITS = Limits(memory=1024 * MEGABYTE, seconds=180, output=512 * MEGABYTE)

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """The content of a file; its rows are read one by one and never held in memory together.

    Attributes:
        header: the columns as the file names them.
        rows: number in the file (the header is row 1), and cells by canonical column; they can
            be read once.
    """

    header: list[str]
    rows: Iterator[tuple[int, Row]]


def refuse_large(size: int) -> None:
    """Refuse a file by its size alone, before anything of it is read.

    Args:
        size: in bytes.

    Raises:
        FileTooLarge: no list has so many bytes.
    """
    if size > settings.LARGEST_LIST:
        most = settings.LARGEST_LIST // MEGABYTE
        raise errors.FileTooLarge(size=size // MEGABYTE, most=most)


@contextmanager
def read_table(source: BinaryIO) -> Iterator[Table]:
    """Give the rows of a CSV or XLSX file, whose kind its content decides and not its name.

    Args:
        source: an open file of the file system.

    Raises:
        Refusal: one of this package; it says what is wrong with the file and how to mend it.
    """
    refuse_large(source.seek(0, 2))
    bounds = Bounds(rows=MOST_ROWS).as_text()
    try:
        output = run_confined("espi.contact.frame.reader:read", bounds, source, LIMITS)
    except Exceeded:
        raise errors.TooMuchToRead from None
    with output:
        first = json.loads(output.readline())
        if kind := first.get("refused"):
            raise refusal(kind, first["facts"])
        yield Table(first["header"], ((number, cells) for number, cells in map(json.loads, output)))


def refusal(kind: str, facts: dict[str, object]) -> Refusal:
    """Return a refusal of this package by its name, to be raised or shown."""
    named: type[Refusal] = getattr(errors, kind)
    return named(**facts)
