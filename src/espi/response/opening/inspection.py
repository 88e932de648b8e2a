"""The last check of the file of opened records: is any combination of labels rare?

It is apart from the joining and shares no code with it, so that a fault there is found here: it
reads the finished bytes and counts. A column that it does not know counts as a label, so a column
that somebody adds to the extract is checked, too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from espi.response.opening.errors import NamesPeople

NAME = "record"  # the random word by which a record is known
ANSWER = "a."  # columns of scored answers
APPLIED = "n."  # columns that say whether a scored item did not apply


@dataclass(frozen=True, slots=True)
class Inspected:
    """What was counted in an extract.

    Attributes:
        labels: the columns whose combinations were counted.
        combinations: how many different ones there are.
        smallest: records of the rarest; 0 where there is no record.
    """

    labels: tuple[str, ...]
    combinations: int
    smallest: int


def inspect(extract: bytes, minimum: int, routed: Collection[str] = ()) -> Inspected:
    """Count every combination of labels in the bytes of an extract.

    Where every combination of all labels has enough records, so has every combination of some.

    Args:
        extract: a Parquet file.
        minimum: least records of a combination.
        routed: scored items that only some are asked; ``n.<item>`` shows who, so it is a label.

    Raises:
        NamesPeople: a combination has fewer. The message says which labels and how many such
            combinations, never which values.
    """
    frame = pl.read_parquet(BytesIO(extract))
    labels = tuple(
        column
        for column in frame.columns
        if column != NAME
        and not column.startswith(ANSWER)
        and (not column.startswith(APPLIED) or column.removeprefix(APPLIED) in routed)
    )
    counts = Counter(frame.select(labels).iter_rows())
    small = sum(1 for count in counts.values() if count < minimum)
    if small:
        raise NamesPeople(
            f"{small} combinations of {', '.join(labels)} are shared by fewer than {minimum} "
            "records. Nothing was written: this is a fault of the program, please report it."
        )
    return Inspected(labels, len(counts), min(counts.values(), default=0))
