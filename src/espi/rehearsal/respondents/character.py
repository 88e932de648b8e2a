"""What kind of person somebody is: decided by the seed and their address, the same each time."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

AFTER_REMINDER = 0.28  # share of answers that a reminder brings
NEVER_OPENS = 0.11
LOSES_REPLY, TRIES_TWICE, SAYS_STOP = 0.03, 0.01, 0.008


@dataclass(frozen=True, slots=True)
class Character:
    """How one person deals with an invitation.

    Attributes:
        reluctance: 0 to 1; answers where the willingness there is higher.
        turn: in which turn of fieldwork they get to it; the last only after a reminder.
        loses_reply: sends everything a second time, as after a lost connection.
        tries_twice: tries to get a second signature, which must be refused.
        says_stop: asks to be left alone.
    """

    reluctance: float
    turn: int
    loses_reply: bool
    tries_twice: bool
    says_stop: bool

    @property
    def never_opens(self) -> bool:
        """Whether they ignore whatever comes."""
        return self.reluctance > 1 - NEVER_OPENS


def character_of(address: str, seed: str, turns: int) -> Character:
    """Return the character of whoever reads this address; ``turns`` are those of fieldwork."""
    rng = Random(f"{seed}|{address}|character")  # noqa: S311 a reproducible nation, no secret
    reluctance, when = rng.random(), rng.random()
    earlier = turns - 1
    late = earlier == 0 or when < AFTER_REMINDER
    share = (when - AFTER_REMINDER) / (1 - AFTER_REMINDER)
    return Character(
        reluctance,
        turns if late else 1 + int(share * earlier),
        rng.random() < LOSES_REPLY,
        rng.random() < TRIES_TWICE,
        rng.random() < SAYS_STOP,
    )
