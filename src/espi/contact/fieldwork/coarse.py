"""How progress is made coarse for liaisons, who know the people on their lists.

A liaison works for the agency whose staff is asked. From a live count a superior could learn who
was drawn (it moves while somebody holds a phone) and who has answered. So a liaison sees, once a
day, a lower bound in steps of at least ten people and a tenth of the target. The counts at which
the bound rises are shifted by a secret number for each agency and group, so that nobody outside
knows them. Decision 41 says what can still be inferred.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from espi.minimum_cell import MINIMUM_CELL

LEAST_PEOPLE = MINIMUM_CELL  # from one step to the next, and from nobody to the first
LEAST_STEPS = 2  # within a target; one alone would say no more than that most have finished
STEPS = 10  # within a target, at most: ten percentage points each


def step_of(target: int) -> int:
    """Return how many people make a step: a tenth of the target, rounded up, and ten or more."""
    return max(LEAST_PEOPLE, -(-target // STEPS))


def shift_of(secret: bytes, wave_code: str, agency_code: str, group: str, target: int) -> int:
    """Return by how many people the steps are shifted upwards: from 0 to one less than a step."""
    text = f"espi/progress/v1\0{wave_code}\0{agency_code}\0{group}".encode()
    return int.from_bytes(hmac.new(secret, text, sha256).digest()[:8], "big") % step_of(target)


def at_least(finished: int, target: int, shift: int) -> int | None:
    """Return a lower bound of the share of a target that is reached: in percent, a multiple of ten.

    Nothing is returned where the target holds fewer than two steps.
    """
    step = step_of(target)
    if target < LEAST_STEPS * step:
        return None
    people = max(0, finished - shift) // step * step
    return min(100, people * 100 // target // 10 * 10)
