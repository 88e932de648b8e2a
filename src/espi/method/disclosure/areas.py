"""Which service areas of an agency may be shown, so that no hidden one follows from the rest."""

from __future__ import annotations

from collections.abc import Sequence


def shown_areas(
    counts: Sequence[int], barred: Sequence[bool], minimum_cell: int
) -> tuple[bool, ...]:
    """Return which parts of a whole may stand beside it.

    A part with too few people is hidden. Where all hidden ones together have too few, the smallest
    shown part goes as well: the whole less what is shown would tell what these few answered.

    Args:
        counts: people of each part; the parts make up the whole.
        barred: parts that are hidden whatever they count, such as those without a name.
        minimum_cell: least people behind any number.
    """
    shown = [
        count >= minimum_cell and not never for count, never in zip(counts, barred, strict=True)
    ]
    while any(shown) and 0 < _hidden(counts, shown) < minimum_cell:
        smallest = min((count, k) for k, count in enumerate(counts) if shown[k])
        shown[smallest[1]] = False
    return tuple(shown)


def _hidden(counts: Sequence[int], shown: Sequence[bool]) -> int:
    return sum(count for count, part in zip(counts, shown, strict=True) if not part)
