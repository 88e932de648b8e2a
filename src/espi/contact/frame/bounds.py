"""How much of a file is read, and the refusal where a file has more. No Django here.

The bounds are far above any list of people, and low enough that a file within them is read in a
few hundred megabytes of memory.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounds:
    """The most that a list may have.

    Attributes:
        rows: rows with anything in them, below the header.
        columns: cells in a row of a CSV file.
        area: cells in the rectangle from A1 to the last used cell of a sheet, empty ones
            included: the library that reads workbooks holds all of them in memory.
        cell: characters in a cell.
        text: characters in all cells of a sheet together.
        unpacked: bytes of all parts of a workbook together, unpacked.
    """

    rows: int = 200_000
    columns: int = 500
    area: int = 4_000_000
    cell: int = 2_000
    text: int = 100_000_000
    unpacked: int = 500 * MEGABYTE

    def as_text(self) -> str:
        """Return the bounds as they are handed to the process that reads."""
        return json.dumps(asdict(self))


def bounds_from(text: str) -> Bounds:
    """Return the bounds that ``as_text`` wrote."""
    return Bounds(**json.loads(text))


class Unreadable(Exception):
    """The file is refused, in the process that has no Django; ``errors`` has the sentence.

    Attributes:
        kind: name of the refusal in ``espi.contact.frame.errors``.
        facts: the values in its sentence.
    """

    def __init__(self, kind: str, /, **facts: object) -> None:
        super().__init__(kind)
        self.kind = kind
        self.facts = facts
