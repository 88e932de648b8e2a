"""The key plan: which groups of people are large enough for a signing key of their own.

A ballot shows under which key it was signed, so a ballot hides among those under the same key. A
group gets a key of its own only if fewer than ``k`` answers are unlikely; smaller groups join the
next wider one.

Source: docs/protocol/v1.md, P5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from espi import minimum_cell
from espi.minimum_cell import MINIMUM_CELL

RISK = 0.01  # chance of fewer that a group with a key of its own may have (P5)


@dataclass(frozen=True, slots=True)
class Part:
    """People who are planned together, and the wider groups they may join if they are too few.

    Attributes:
        invited: how many are invited.
        expected: the share of them that is expected to answer, 0-1.
        places: codes of the key strata they may belong to, the narrowest first.
    """

    code: str
    invited: int
    expected: float
    places: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planned:
    """A key stratum of the plan.

    Attributes:
        parts: codes of what it holds.
        parent: the next wider place of its parts, or "".
        invited: how many people in all.
        risk: the chance of fewer than the minimum of answers, 0-1.
    """

    code: str
    parts: tuple[str, ...]
    parent: str
    invited: int
    risk: float

    @property
    def large_enough(self) -> bool:
        """Whether fewer answers than the minimum are unlikely enough."""
        return self.risk < RISK


def chance_of_fewer(parts: Iterable[Part], minimum: int = MINIMUM_CELL) -> float:
    """Return the chance that fewer than ``minimum`` of these people answer, 0-1.

    Each answers independently with the share expected of their part: a sum of binomials, exact.
    """
    groups = ((part.invited, part.expected) for part in parts)
    return minimum_cell.chance_of_fewer(groups, minimum)


def plan(parts: Sequence[Part], minimum: int = MINIMUM_CELL) -> list[Planned]:
    """Return the key strata: each part in the narrowest place that is large enough.

    Where a place is too small, all of its parts go to the next wider one. A key stratum that is too
    small in the widest place takes in the smallest other one with the same widest place; where
    there is none it stays as it is, and ``large_enough`` is false.
    """
    members: dict[str, list[Part]] = defaultdict(list)
    for part in parts:
        members[part.places[0]].append(part)
    while moved := _widen(members, minimum):
        members = moved
    _absorb(members, minimum)
    return [_planned(code, members[code], minimum) for code in sorted(members)]


def _widen(members: Mapping[str, list[Part]], minimum: int) -> dict[str, list[Part]] | None:
    """Move the parts of each small place one step wider; nothing if none can move."""
    widened: dict[str, list[Part]] = defaultdict(list)
    moved = False
    for code, parts in members.items():
        for part in parts:
            wider = _wider(part, code)
            moves = bool(wider) and chance_of_fewer(parts, minimum) >= RISK
            moved |= moves
            widened[wider if moves else code].append(part)
    return widened if moved else None


def _wider(part: Part, code: str) -> str:
    """Return the next wider place of a part after ``code``, or ""."""
    after = part.places.index(code) + 1
    return part.places[after] if after < len(part.places) else ""


def _absorb(members: dict[str, list[Part]], minimum: int) -> None:
    """Let places that are too small and cannot widen take in the smallest others of their kind."""
    for code in sorted(members):
        while code in members and chance_of_fewer(members[code], minimum) >= RISK:
            widest = members[code][0].places[-1]
            kin = [
                other
                for other, parts in members.items()
                if other != code and parts[0].places[-1] == widest
            ]
            if code != widest or not kin:
                break
            smallest = min(kin, key=lambda other: (_invited(members[other]), other))
            members[code] += members.pop(smallest)


def _invited(parts: Iterable[Part]) -> int:
    return sum(part.invited for part in parts)


def _planned(code: str, parts: Sequence[Part], minimum: int) -> Planned:
    return Planned(
        code=code,
        parts=tuple(sorted(part.code for part in parts)),
        parent=_wider(parts[0], code) if code in parts[0].places else "",
        invited=_invited(parts),
        risk=chance_of_fewer(parts, minimum),
    )
