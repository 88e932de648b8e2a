"""Gives commands to a prepared process: ``espi`` that has already started, and forks for each.

A command imports Django and the models of its bank for most of a second before it does anything.
A demo gives more than a hundred. ``espi.site.prepared`` imports them once for each kind of process
and forks a copy for each command, which then goes on as ``espi`` does. What serves, sends or works
in the background is started as a program of its own all the same.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from tempfile import TemporaryFile

import msgspec

PROGRAM = "espi.site.prepared"
STREAMS = 3  # standard input, output and errors
END_WITHIN = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """One command for a prepared process; its streams and the pipe of its end go with it.

    Attributes:
        words: what follows ``espi`` on the command line.
        environment: the whole environment of the process that the command is.
    """

    words: list[str]
    environment: dict[str, str]


@dataclass(frozen=True, slots=True)
class CommandOutcome:
    """How a command ended.

    Attributes:
        code: its exit code; negative where a signal ended it, as in ``subprocess``.
        output: what it printed, ``errors`` what it printed as errors.
    """

    code: int
    output: str
    errors: str


class PreparedGone(Exception):
    """The prepared process has ended by itself; what it printed is on our own errors."""


class PreparedProcess:
    """A prepared process with its copies; it starts with this object and ends with ``end``."""

    def __init__(self) -> None:
        self._requests, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(  # noqa: S603 our own program
                [sys.executable, "-m", PROGRAM, str(theirs.fileno())],
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,  # Ctrl-C is for the demo, which ends its processes in order
            )

    def run(
        self, words: Sequence[str], environment: Mapping[str, str], stdin: str = ""
    ) -> CommandOutcome:
        """Run a command to its end.

        Raises:
            PreparedGone: nobody is there to run it.
        """
        request = CommandRequest(list(words), dict(environment))
        with ExitStack() as files:
            typed, out, err = (files.enter_context(TemporaryFile()) for _ in range(STREAMS))
            typed.write(stdin.encode())
            typed.seek(0)
            reading, writing = os.pipe()
            ended = files.enter_context(os.fdopen(reading, "rb"))
            try:
                streams = [typed.fileno(), out.fileno(), err.fileno(), writing]
                socket.send_fds(self._requests, [msgspec.json.encode(request)], streams)
            except OSError as error:
                raise PreparedGone(f"The prepared process takes no command: {error}") from None
            finally:
                os.close(writing)
            code = ended.read()  # waits: the pipe is closed when the command has ended
            if not code:
                raise PreparedGone(f"The prepared process ended during: espi {' '.join(words)}")
            return CommandOutcome(int(code), *(_text(file.fileno()) for file in (out, err)))

    def end(self) -> None:
        """End it, and whatever command still runs."""
        self._requests.close()
        try:
            self._process.wait(END_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)  # a command that was interrupted
            self._process.wait()


def _text(descriptor: int) -> str:
    """Return what was written into a file; its position is shared with whoever wrote."""
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, size, 0).decode(errors="replace")
