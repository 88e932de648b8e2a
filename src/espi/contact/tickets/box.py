"""Whether the box takes ballots, read at fixed times from what it says to everybody.

The box is asked every few seconds whether or not anybody answers the survey, so that it cannot
learn from our requests when somebody does. The requests say nothing.
"""

from __future__ import annotations

import threading
from functools import cache

from django.conf import settings

from espi.contact.tickets.errors import BoxNotOpen, WaveClosed
from espi.design import wave_states
from espi.design.wave_states import CLOSED, CLOSING, NOT_OPEN, StateUnknown

EVERY = 10.0  # seconds; a box that closes before its time waits more than twice as long
FIRST_ANSWER = 2.0  # seconds that the first request of a process waits for the box's answer


class BoxWatch:
    """The state of each wave at the box, as of a few seconds ago."""

    def __init__(self, origin: str, every: float = EVERY) -> None:
        self.origin, self.every = origin, every
        self._states: dict[str, str] = {}
        self._asked = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="box watch")
        self._thread.start()

    def state(self, round_code: str) -> str | None:
        """Return the state of a wave; nothing where the box has not named it."""
        self._asked.wait(FIRST_ANSWER)
        return self._states.get(round_code)

    def look(self) -> None:
        """Ask the box once. While it does not answer, its last answer stays."""
        try:
            states = wave_states.fetch(self.origin)
        except StateUnknown:
            return
        self._states = {code: wave.state for code, wave in states.items()}

    def _run(self) -> None:
        pause = threading.Event()  # never set: waits like a sleep
        while True:
            self.look()
            self._asked.set()
            pause.wait(self.every)


@cache
def watch_of(origin: str) -> BoxWatch:
    """Return this process's watch of the box at an address; it starts at the first request."""
    return BoxWatch(origin)


def refuse_if_box_takes_nothing(round_code: str) -> None:
    """Refuse where a signature would be spent on an envelope that the box does not take.

    A box that does not answer is not a closed one: envelopes wait on phones until it does.

    Raises:
        WaveClosed: the box is closed, or about to close.
        BoxNotOpen: it does not take ballots of this wave yet.
    """
    state = watch_of(settings.BOX_URL).state(round_code)
    if state in {CLOSED, CLOSING}:
        raise WaveClosed
    if state == NOT_OPEN:
        raise BoxNotOpen
