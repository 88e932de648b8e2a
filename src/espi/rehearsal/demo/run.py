"""One run of the demo: it gives commands to both banks and notes how long each step took."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

from espi.rehearsal.demo.environment import DemoEnvironment
from espi.rehearsal.demo.processes import Processes, StepFailed

STANDS_STILL = 120.0  # seconds without any progress after which the dispatcher is given up
POLL = 1.5  # seconds between two questions, each of which starts a program


@dataclass(slots=True)
class DemoRun:
    """One run of the demo.

    Attributes:
        report: shows a line to whoever started the demo.
        seconds: how long each step took.
        wave_code: the wave that commands are about, where they are about one.
    """

    environment: DemoEnvironment
    processes: Processes
    report: Callable[[str], None]
    seconds: dict[str, float] = field(default_factory=dict)
    wave_code: str = "latihan-2026"

    @contextmanager
    def step(self, name: str, sentence: str) -> Iterator[None]:
        """Announce a step, and note how long it took."""
        self.report(sentence)
        start = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - start, 2)

    def contact(self, *words: str, stdin: str = "") -> str:
        """Run a command with the settings of the contact bank."""
        return self.processes.run("contact", "--wave", self.wave_code, *words, stdin=stdin)

    def response(self, *words: str, stdin: str = "") -> str:
        """Run a command with the settings of the response bank."""
        return self.processes.run("response", "--wave", self.wave_code, *words, stdin=stdin)

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
        fresh = self.environment.clock.with_suffix(".new")
        fresh.write_text(str(offset), "ascii")
        fresh.replace(self.environment.clock)

    def file(self, name: str) -> str:
        """Return the path of a file of the demo, as a command takes it."""
        return str(self.environment.root / name)

    def drain(self) -> None:
        """Wait until nothing is due in the outbox and every report has been read."""
        wait_until_idle(self._waiting)

    def _waiting(self) -> dict[str, int]:
        self.processes.check()
        waiting: dict[str, int] = json.loads(self.contact("dispatch-state"))
        return waiting


def wait_until_idle(
    ask: Callable[[], dict[str, int]], *, stands_still: float = STANDS_STILL, poll: float = POLL
) -> None:
    """Wait until all counts of ``ask`` are zero, as long as they change.

    A busy machine may need many minutes, so there is no limit upon the whole.

    Args:
        ask: returns what is still to be done, by kind.
        stands_still: seconds without a change after which it is given up.
        poll: seconds between two questions.

    Raises:
        StepFailed: nothing has changed for that long.
    """
    before, changed = ask(), time.monotonic()
    while any(before.values()):
        if time.monotonic() - changed > stands_still:
            raise StepFailed(f"The dispatcher stands still: {before}")
        time.sleep(poll)
        waiting = ask()
        if waiting != before:
            before, changed = waiting, time.monotonic()
