"""The seed of a draw from dice thrown by several people, one after the other."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from espi.draw import canonical

# Twenty throws hold 51 bits, so the dice of one honest person alone make the seed unpredictable.
# The upper bound keeps a form from taking any amount of text.
LEAST_THROWS, MOST_THROWS = 20, 400
LEAST_PEOPLE = 2  # one alone could choose the seed
THROWS = re.compile(f"[1-6]{{{LEAST_THROWS},{MOST_THROWS}}}")


@dataclass(frozen=True, slots=True)
class Throw:
    """What one person threw.

    Attributes:
        by: user name of the person.
        throws: the dice in the order thrown, digits 1 to 6.
    """

    by: str
    throws: str

    def plain(self) -> dict[str, str]:
        """Return the contribution as it is published."""
        return {"by": self.by, "throws": self.throws}


def are_throws(text: str) -> bool:
    """Return whether a text is 20 to 400 throws of a die."""
    return THROWS.fullmatch(text) is not None


def enough(throws: Sequence[Throw]) -> bool:
    """Return whether at least two people have thrown, each once."""
    people = {throw.by for throw in throws}
    return len(people) >= LEAST_PEOPLE and len(people) == len(throws)


def seed_of(throws: Sequence[Throw]) -> str:
    """Return the seed: SHA-256 over the canonical JSON of all contributions in their order."""
    return sha256(canonical.line([throw.plain() for throw in throws])).hexdigest()
