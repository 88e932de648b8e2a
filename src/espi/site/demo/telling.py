"""The thread of the demo: which commands were run, how long each step took."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from espi.site.demo.places import Places
from espi.site.demo.processes import Processes, StepFailed

DRAIN_WITHIN = 90.0  # seconds for the dispatcher to become idle


@dataclass(slots=True)
class Story:
    """One run of the demo.

    Attributes:
        seconds: how long each step took.
        round_code: of the wave that is being run.
    """

    places: Places
    processes: Processes
    tell: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    round_code: str = "latihan-2026"

    @contextmanager
    def step(self, name: str, sentence: str) -> Iterator[None]:
        """Announce a step, and note how long it took."""
        self.tell(sentence)
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)

    def contact(self, *words: str, stdin: str = "") -> str:
        """Run a command with the settings of the contact bank."""
        return self.processes.run("contact", *words, stdin=stdin)

    def response(self, *words: str, stdin: str = "") -> str:
        """Run a command with the settings of the response bank."""
        return self.processes.run("response", *words, stdin=stdin)

    def signer(self, *words: str) -> str:
        """Run a command on the signer's side."""
        return self.processes.run("signer", *words)

    def both(self, *words: str, stdin: str = "") -> None:
        """Run a command in each bank."""
        self.contact("--bank", "contact", *words, stdin=stdin)
        self.response("--bank", "response", *words, stdin=stdin)

    def set_day(self, day: date) -> None:
        """Move the clock of the rehearsal to a day."""
        offset = (day - date.today()).days  # noqa: DTZ011 the shift is counted in whole days
        fresh = self.places.clock.with_suffix(".new")
        fresh.write_text(str(offset), "ascii")
        fresh.replace(self.places.clock)

    def file(self, name: str) -> str:
        """Return the path of a file of the demo, as a command takes it."""
        return str(self.places.root / name)

    def drain(self) -> None:
        """Wait until nothing is due in the outbox and every report has been read."""
        until = time.monotonic() + DRAIN_WITHIN
        waiting: dict[str, int] = {}
        while time.monotonic() < until:
            self.processes.check()
            waiting = json.loads(self.contact("dispatch-state"))
            if not any(waiting.values()):
                return
            time.sleep(0.5)
        raise StepFailed(f"The dispatcher is still busy: {waiting}")
