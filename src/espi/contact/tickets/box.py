"""Whether the box takes ballots: read from what it tells everybody, at fixed times.

The box is asked every few seconds whether or not anybody answers the survey, so that it does not
learn from our questions when somebody does. It is told nothing.
"""

from __future__ import annotations

import threading
from functools import cache

from django.conf import settings

from espi.contact.tickets.errors import BoxNotOpen, WaveClosed
from espi.design import rounds
from espi.design.rounds import CLOSED, CLOSING, NOT_OPEN, StateUnknown

EVERY = 10.0  # seconds; a box that closes before its time waits more than twice as long
FIRST_ANSWER = 2.0  # seconds that the first request of a process waits for what the box tells


class BoxWatch:
    """Knows the state of each wave at the box, as of a few seconds ago."""

    def __init__(self, origin: str, every: float = EVERY) -> None:
        self.origin, self.every = origin, every
        self._states: dict[str, str] = {}
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="box watch")
        self._thread.start()

    def state(self, round_code: str) -> str | None:
        """Return the state of a wave; nothing where the box has not told of it."""
        self._asked.wait(FIRST_ANSWER)
        return self._states.get(round_code)

    def look(self) -> None:
        """Ask the box once. What it told before stays known while it does not answer."""
        try:
            told = rounds.ask(self.origin)
        except StateUnknown:
            return
        self._states = {code: one.state for code, one in told.items()}

    def _run(self) -> None:
        pause = threading.Event()  # never set: waits like a sleep
        while True:
            self.look()
            self._asked.set()
            pause.wait(self.every)


@cache
def watch_of(origin: str) -> BoxWatch:
    """Return this process's watch of the box at an address, begun at the first request."""
    return BoxWatch(origin)


def refuse_if_it_takes_nothing(round_code: str) -> None:
    """Refuse where a stamp would be spent on an envelope that the box does not take.

    A box that does not answer is not a closed one: envelopes wait on phones until it does.

    Raises:
        WaveClosed: the box is closed, or about to.
        BoxNotOpen: it does not take ballots of this wave yet.
    """
    state = watch_of(settings.BOX_URL).state(round_code)
    if state in {CLOSED, CLOSING}:
        raise WaveClosed
    if state == NOT_OPEN:
        raise BoxNotOpen
