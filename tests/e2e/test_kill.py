"""Power cut in the middle of a campaign: nobody gets two messages, and everybody gets one."""

from __future__ import annotations

import time

import pytest

from tests.e2e.sending import kill, start

PEOPLE = 400


@pytest.fixture
def sending(tmp_path):
    """A wave in the field with its registry and the simulator, and a slow sender."""
    sending = start(tmp_path, people=PEOPLE)
    yield sending
    sending.processes.end()


def test_a_killed_dispatcher_sends_nothing_twice(sending):
    """SIGKILL in the middle; reports settle what was on the wire; a day later the rest has gone."""
    kill(sending.start_dispatcher(PEOPLE // 3))
    in_the_middle = sending.counters()["posts"]
    sending.dispatch()
    time.sleep(2)
    sending.set_clock(0.4)
    sending.dispatch()
    told = sending.counters()

    assert PEOPLE // 3 <= in_the_middle < PEOPLE
    assert told["duplicates"] == 0
    assert told["posts"] == told["people"] == PEOPLE
