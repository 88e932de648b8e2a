"""How progress is made coarse for liaisons, who know the people on their lists.

A liaison works for the agency whose staff is asked. From a live count a superior learns who was
drawn (it moves while somebody holds a phone) and who has answered. So a liaison sees, once a day,
a lower bound in steps of at least ten people and a tenth of the target, and the counts at which it
steps lie where nobody outside knows: they are shifted by a secret number of each agency and group.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

from espi.minimum_cell import MINIMUM_CELL

LEAST_PEOPLE = MINIMUM_CELL  # between two steps, and before the first
LEAST_STEPS = 2  # with fewer there is nothing to show
STEPS = 10  # at most: ten percentage points each


def step_of(target: int) -> int:
    """Return how many people make a step: a tenth of the target, and ten or more."""
    return max(LEAST_PEOPLE, -(-target // STEPS))


def shift_of(secret: bytes, wave_code: str, agency_code: str, group: str, target: int) -> int:
    """Return by how many people, 0 to a step less one, the steps are shifted upwards."""
    text = f"espi/progress/v1\0{wave_code}\0{agency_code}\0{group}".encode()
    return int.from_bytes(hmac.new(secret, text, sha256).digest()[:8], "big") % step_of(target)


def at_least(finished: int, target: int, shift: int) -> int | None:
    """Return the percentage of the target, in tens, that was at least reached; 0 to 100.

    Nothing where the target holds fewer than two steps.
    """
    step = step_of(target)
    if target < LEAST_STEPS * step:
        return None
    people = max(0, finished - shift) // step * step
    return min(100, people * 100 // target // 10 * 10)
