"""Starting, watching and ending the processes of the demo."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from espi.rehearsal.demo.environment import DemoEnvironment
from espi.rehearsal.demo.prepared import PreparedGone, PreparedProcess

ESPI = str(Path(sys.executable).with_name("espi"))
VERIFIER = Path(__file__).resolve().parents[4] / "verifier" / "src"
START_WITHIN = 30.0  # seconds
END_WITHIN = 8.0  # seconds


class StepFailed(Exception):
    """A command or process of the demo ended with an error; the message has its last output."""


@dataclass(slots=True)
class Processes:
    """All processes of a demo: started one by one, ended together.

    Commands that run to their end are copies of a prepared process, which is started at the first.

    Attributes:
        commands: bank and arguments of each of our own processes, to start it again.
    """

    environment: DemoEnvironment
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    commands: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _prepared: PreparedProcess | None = field(default=None, init=False)

    def start(self, name: str, bank: str, *arguments: str) -> None:
        """Start ``espi`` with these arguments and the settings of ``bank``."""
        self.commands[name] = (bank, *arguments)
        with self.log_of(name).open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 our own command line
                [ESPI, *arguments],
                env=self.environment.settings_of(bank),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def restart(self, name: str) -> None:
        """End one of our processes, if it still runs, and start it with the code as it is now."""
        process = self.running.pop(name, None)
        if process is not None:
            _signal(process, signal.SIGTERM)
            _wait_or_kill(process, END_WITHIN)
        bank, *arguments = self.commands[name]
        self.start(name, bank, *arguments)

    def start_program(self, name: str, command: list[str]) -> None:
        """Start a program of another body: it gets none of our settings."""
        with self.log_of(name).open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 a fixed command
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def run_program(self, command: list[str], folder: Path) -> str:
        """Run a program of another body in a folder of its own, and return what it printed.

        Raises:
            StepFailed: it ended with an error.
        """
        done = subprocess.run(  # noqa: S603 a fixed command
            command, cwd=folder, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise StepFailed(f"{command[0]}\n{(done.stdout + done.stderr).strip()[-3000:]}")
        return done.stdout

    def wait_for_ports(self, *names: str) -> None:
        """Wait until each of these processes answers on its port.

        Raises:
            StepFailed: one ended, or did not answer in time.
        """
        until = time.monotonic() + START_WITHIN
        for name in names:
            while not _answers(self.environment.port(name)):
                self.check()
                if time.monotonic() > until:
                    raise StepFailed(f"{name} does not answer; see {self.log_of(name)}")
                time.sleep(0.05)

    def check(self) -> None:
        """Raise if a process has ended by itself."""
        for name, process in self.running.items():
            if process.poll() is not None:
                tail = self.log_of(name).read_text("utf-8", "replace")[-2000:]
                raise StepFailed(f"{name} ended with {process.returncode}:\n{tail}")

    def log_of(self, name: str) -> Path:
        """Return the file that holds the output of a process."""
        return self.environment.root / f"{name}.log"

    def end(self) -> None:
        """End every process: ask first, kill what has not ended within eight seconds."""
        for process in self.running.values():
            _signal(process, signal.SIGTERM)
        until = time.monotonic() + END_WITHIN
        for process in self.running.values():
            _wait_or_kill(process, max(0.1, until - time.monotonic()))
        self.running.clear()
        if self._prepared is not None:
            self._prepared.end()
            self._prepared = None

    def run(self, bank: str, *arguments: str, stdin: str = "") -> str:
        """Run one command to its end, and return what it printed.

        Raises:
            StepFailed: it ended with an error.
        """
        if self._prepared is None:
            self._prepared = PreparedProcess()
        try:
            done = self._prepared.run(arguments, self.environment.settings_of(bank), stdin)
        except PreparedGone as gone:
            raise StepFailed(str(gone)) from None
        if done.code:
            output = (done.errors or done.output).strip()[-3000:]
            raise StepFailed(f"espi {' '.join(arguments)}\n{output}")
        return done.output


def verifier(*words: str, module: str) -> list[str]:
    """Return the command of the verifier, or of a witness, in a Python that cannot import ours."""
    code = f"import sys; sys.path.insert(0, {str(VERIFIER)!r}); from {module} import main; "
    return [sys.executable, "-I", "-c", f"{code}sys.exit(main({list(words)!r}))"]


def _wait_or_kill(process: subprocess.Popen[bytes], seconds: float) -> None:
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        _signal(process, signal.SIGKILL)
        process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    if process.poll() is None:
        os.killpg(process.pid, number)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
