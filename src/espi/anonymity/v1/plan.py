"""The key plan: which groups of people are large enough for a signing key of their own.

A ballot shows its key. So a key is worth as much as the people who answer under it are many: a
group gets one only if fewer than ``k`` answers are unlikely; smaller groups join upward.

Source: docs/protocol/v1.md, P5.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import comb

from espi.minimum_cell import MINIMUM_CELL

RISK = 0.01


@dataclass(frozen=True, slots=True)
class Part:
    """People who are planned together, and where they may go if they are too few.

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
        """Whether the group may have its key with good conscience."""
        return self.risk < RISK


def chance_of_fewer(parts: Iterable[Part], minimum: int = MINIMUM_CELL) -> float:
    """Return the chance that fewer than ``minimum`` of these people answer, 0-1.

    Each answers independently with the share expected of their part: a sum of binomials, exact.
    """
    chances = [1.0] + [0.0] * (minimum - 1)
    for part in parts:
        own = [_binomial(part.invited, part.expected, n) for n in range(minimum)]
        chances = [sum(chances[i] * own[n - i] for i in range(n + 1)) for n in range(minimum)]
    return min(1.0, sum(chances))


def _binomial(trials: int, chance: float, successes: int) -> float:
    if successes > trials:
        return 0.0
    return comb(trials, successes) * chance**successes * (1 - chance) ** (trials - successes)


def plan(parts: Sequence[Part], minimum: int = MINIMUM_CELL) -> list[Planned]:
    """Return the key strata: each part in the narrowest place that is large enough.

    Where a place is too small, all of its parts go to the next wider one. What is too small in the
    widest place is joined by the smallest other key stratum that has the same widest place; what
    has none stays, and says so by its risk.
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
    found: dict[str, list[Part]] = defaultdict(list)
    moved = False
    for code, here in members.items():
        for part in here:
            wider = _wider(part, code)
            goes = bool(wider) and chance_of_fewer(here, minimum) >= RISK
            moved |= goes
            found[wider if goes else code].append(part)
    return found if moved else None


def _wider(part: Part, code: str) -> str:
    after = part.places.index(code) + 1
    return part.places[after] if after < len(part.places) else ""


def _absorb(members: dict[str, list[Part]], minimum: int) -> None:
    """Let small places that cannot widen take in the smallest of their kin until they suffice."""
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
            smallest = min(kin, key=lambda one: (sum(p.invited for p in members[one]), one))
            members[code] += members.pop(smallest)


def _planned(code: str, parts: Sequence[Part], minimum: int) -> Planned:
    return Planned(
        code=code,
        parts=tuple(sorted(part.code for part in parts)),
        parent=_wider(parts[0], code) if code in parts[0].places else "",
        invited=sum(part.invited for part in parts),
        risk=chance_of_fewer(parts, minimum),
    )
