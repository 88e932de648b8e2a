"""Which service areas will speak: an area is shown on its own with enough answers only.

Before the draw the answers are expected, not known. An area speaks if fewer answers than the
minimum are unlikely; the areas of one category that do not speak are shown together, if they do so
together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from espi import minimum_cell

RISK = 0.05  # chance of fewer answers than the minimum that an area which speaks may have


class Voice(StrEnum):
    """What will be shown of an area."""

    OWN = "own"  # a result of its own
    JOINED = "joined"  # with other small areas of its category
    SILENT = "silent"  # nothing but what the whole agency says


@dataclass(frozen=True, slots=True)
class AreaPart:
    """People of an area in one stratum.

    Attributes:
        eligible: how many.
        chance: that one of them is drawn and answers, 0-1.
    """

    eligible: int
    chance: float


@dataclass(frozen=True, slots=True)
class PlannedArea:
    """A service area of an agency and group before the draw.

    Attributes:
        code: of the area.
        category: with which it may be joined.
        parts: its people by stratum.
    """

    code: str
    category: str
    parts: tuple[AreaPart, ...]

    @property
    def eligible(self) -> int:
        """How many of its people can be drawn."""
        return sum(part.eligible for part in self.parts)

    @property
    def expected(self) -> float:
        """How many answers are expected."""
        return sum(part.eligible * part.chance for part in self.parts)


def chance_of_fewer(parts: Iterable[AreaPart], minimum: int) -> float:
    """Return the chance that fewer than ``minimum`` of these people answer, 0-1.

    Each answers independently: a sum of binomials, of which only the small values are needed.
    """
    groups = ((part.eligible, part.chance) for part in parts)
    return minimum_cell.chance_of_fewer(groups, minimum)


def voices(areas: Sequence[PlannedArea], minimum: int) -> list[Voice]:
    """Return what will be shown of each area of one agency and group.

    Args:
        areas: all of them.
        minimum: least answers that are shown.
    """
    speaks = [chance_of_fewer(area.parts, minimum) < RISK for area in areas]
    joined: dict[str, list[AreaPart]] = defaultdict(list)
    for area, own in zip(areas, speaks, strict=True):
        if not own:
            joined[area.category].extend(area.parts)
    loud = {name for name, parts in joined.items() if chance_of_fewer(parts, minimum) < RISK}
    return [
        Voice.OWN if own else Voice.JOINED if area.category in loud else Voice.SILENT
        for area, own in zip(areas, speaks, strict=True)
    ]
