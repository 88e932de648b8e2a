"""The last look at the file that leaves the seal: does any combination of labels stand alone?

This is no part of the joining and shares no code with it: it reads the finished bytes, knows
nothing of how labels were joined, and counts. A column that it does not know is a label to it, so
whoever adds a column to the extract is caught here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from io import BytesIO

import polars as pl

from espi.response.opening.errors import NamesPeople

NAME = "record"
ANSWER = "a."
APPLIED = "n."


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

    Where all labels together hold enough records, each choice of some of them does so too.

    Args:
        extract: a Parquet file.
        minimum: least records of a combination.
        routed: scored items that only some are asked, so that ``n.<item>`` tells who they are.

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
