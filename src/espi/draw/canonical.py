"""The one spelling of each public file: equal content gives equal bytes, and so equal hashes."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import date
from hashlib import sha256
from io import StringIO

from espi.canonical_json import canonical_json
from espi.draw.errors import FileFaulty

Json = dict[str, object]  # an object in a JSON file


def line(value: object) -> bytes:
    """Return a value as it is hashed: JSON on one line, keys sorted, no blanks, UTF-8."""
    return canonical_json(value).encode()


def document(value: object) -> bytes:
    """Return a value as a JSON file that people can read: keys sorted, indented by one blank."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, indent=1, allow_nan=False)
    return f"{text}\n".encode()


def read_document(name: str, content: bytes) -> Json:
    """Return the object in a JSON file, refusing any but its canonical spelling.

    Raises:
        FileFaulty: the file is not JSON, not an object, or spelled in another way.
    """
    try:
        value = json.loads(content.decode("utf-8"))
        same = document(value) == content
    except (ValueError, RecursionError) as error:
        raise FileFaulty(name, f"it is not JSON ({error})") from None
    if not same or not isinstance(value, dict):
        raise FileFaulty(name, "it is not in its canonical form")
    return value


def as_object(value: object) -> Json:
    """Return a value of a JSON file that must be an object.

    Raises:
        TypeError: it is anything else.
    """
    if not isinstance(value, dict):
        raise TypeError(f"{value!r} is no object")
    return value


def as_objects(value: object) -> list[Json]:
    """Return a value of a JSON file that must be a list of objects.

    Raises:
        TypeError: it is anything else.
    """
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no list")
    return [as_object(entry) for entry in value]


def table(header: Sequence[str], rows: Iterable[tuple[str, ...]]) -> bytes:
    """Return sorted rows as CSV: commas, line feeds, quotes only where they are needed."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(sorted(rows))
    return out.getvalue().encode()


def read_table(name: str, header: Sequence[str], content: bytes) -> list[tuple[str, ...]]:
    """Return the rows of a CSV file, refusing any but their canonical spelling and order.

    Raises:
        FileFaulty: the file has other columns, or is spelled or sorted in another way.
    """
    try:
        lines = [tuple(row) for row in csv.reader(StringIO(content.decode("utf-8"), newline=""))]
    except (ValueError, csv.Error) as error:
        raise FileFaulty(name, f"it is not a table ({error})") from None
    if not lines or lines[0] != tuple(header):
        raise FileFaulty(name, f"its columns are not {', '.join(header)}")
    if faulty := next((n for n, row in enumerate(lines, 1) if len(row) != len(header)), 0):
        raise FileFaulty(name, f"line {faulty} has not {len(header)} columns")
    if table(header, lines[1:]) != content:
        raise FileFaulty(name, "it is not in its canonical form")
    return lines[1:]


def is_day(text: str) -> bool:
    """Return whether a text is a day, written as 2026-07-01."""
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def digest(content: bytes) -> str:
    """Return SHA-256 of a file, in hexadecimal."""
    return sha256(content).hexdigest()
