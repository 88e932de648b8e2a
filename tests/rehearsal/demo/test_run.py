"""The demo waits for a slow machine, and gives up on a machine that stands still."""

from __future__ import annotations

import pytest

from espi.rehearsal.demo.processes import StepFailed
from espi.rehearsal.demo.run import wait_until_idle

LIMIT, POLL = 0.05, 0.02


def counting(*answers):
    """Answer one count after the other, the last one for ever."""
    left = list(answers)
    return lambda: {"due": left.pop(0) if len(left) > 1 else left[0], "reports": 0}


def test_it_waits_far_beyond_the_limit_while_there_is_progress():
    """Eighty steps of far less than the limit each, together twice as long as it."""
    wait_until_idle(counting(*range(80, -1, -1)), stands_still=0.8, poll=POLL)


def test_it_gives_up_where_nothing_changes():
    """The sentence says what was left."""
    with pytest.raises(StepFailed, match="'due': 7"):
        wait_until_idle(counting(9, 8, 7), stands_still=LIMIT, poll=POLL)
