"""A process that is ready to become a command: ``espi`` up to the point where it reads its words.

The first one imports what is slow to import and has no settings. For each kind of process (see
``commands.py``) and environment it makes a copy that enters those settings, and this copy forks for
each command: the fork goes on with ``main``, as ``espi`` does. So no process ever holds both banks,
and a command gets nothing from the one before it. Only rehearsals and tests start it
(docs/decisions/0080-prepared-processes.md).
"""

from __future__ import annotations

import atexit
import gc
import os
import selectors
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import NoReturn

import click
import msgspec
from django.conf import settings
from django.db import connections

from espi.rehearsal.demo.prepared import CommandRequest
from espi.site.cli import enter, main
from espi.site.commands import COMMANDS, NONE, SHARED, CommandSpec

# Slow to import. None of them starts a thread: a fork has only the thread that forked, and would
# wait for ever for another (polars and numpy start theirs when they are imported).
LIBRARIES = (
    "aiohttp",
    "cryptography.hazmat.primitives.asymmetric.rsa",
    "cryptography.hazmat.primitives.serialization",
    "django.contrib.auth.hashers",
    "django.core.mail",
    "django.db.backends.sqlite3.base",
    "django.db.migrations.executor",
    "django.db.models",
    "django.template.backends.django",
    "django.urls",
    "jsonschema",
    "rich.console",
)
LARGEST = 256 * 1024  # bytes of a request: the environment and the words
BANKS = ("contact", "response")
DESCRIPTORS = 4  # the three streams, and the pipe that gets the exit code


@dataclass(slots=True)
class Command:
    """A command that this process has become."""

    words: list[str]
    streams: list[int]

    def run(self) -> None:
        """Do what the program ``espi`` does with these words; the process ends with it."""
        for number, descriptor in enumerate(self.streams):
            os.dup2(descriptor, number)
            os.close(descriptor)
        sys.argv[:] = ["espi", *self.words]
        try:
            main(prog_name="espi")
        except SystemExit as ending:
            if isinstance(ending.code, int):
                end(ending.code)
            raise


@dataclass(slots=True)
class Preparation:
    """What a prepared process waits for: requests, and the ends of its commands.

    Attributes:
        settings: which it has entered; none in the first process, which makes the others.
        kinds: the others, by settings and environment.
        running: process id and reporting pipe of each command, by its process descriptor.
    """

    requests: socket.socket
    settings: str = NONE
    kinds: dict[tuple[str, frozenset[tuple[str, str]]], socket.socket] = field(default_factory=dict)
    running: dict[int, tuple[int, int]] = field(default_factory=dict)
    waits: selectors.DefaultSelector = field(default_factory=selectors.DefaultSelector)

    def serve(self) -> Command | None:
        """Return the command that this process is to become; nothing when the other end closes."""
        if len(list(Path("/proc/self/task").iterdir())) > 1:
            raise RuntimeError("A prepared process has one thread: a fork would lose the others.")
        gc.collect()
        gc.freeze()  # a fork copies every page that the collector marks
        self.waits.register(self.requests, selectors.EVENT_READ)
        while True:
            for key, _events in self.waits.select():
                if key.fileobj is not self.requests:
                    self.report(key.fd)
                    continue
                message, descriptors, _flags, _sender = socket.recv_fds(
                    self.requests, LARGEST, DESCRIPTORS
                )
                if not message:
                    self.end_kinds()
                    return None
                became = self.take(message, descriptors)
                if became is not None:
                    return became.command

    def take(self, message: bytes, descriptors: list[int]) -> Became | None:
        """Fork for a command, or pass it on; return something in the new process only."""
        request = msgspec.json.decode(message, type=CommandRequest)
        settings = settings_of(request.words)
        if settings == self.settings:
            return self.fork(request, descriptors)
        kind = (settings, frozenset(request.environment.items()))
        if kind not in self.kinds:
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            if os.fork() == 0:
                ours.close()
                close(descriptors)
                self.leave()
                become(request.environment)
                with suppress(click.ClickException):  # the command says itself what is faulty
                    enter(settings)
                return Became(Preparation(theirs, settings).serve())
            theirs.close()
            self.kinds[kind] = ours
        socket.send_fds(self.kinds[kind], [message], descriptors)
        close(descriptors)
        return None

    def fork(self, request: CommandRequest, descriptors: list[int]) -> Became | None:
        """Fork for a command; watch its end, and return it in the new process."""
        *streams, pipe = descriptors
        process = os.fork()
        if process == 0:
            os.close(pipe)
            self.leave()
            if not self.settings:
                become(request.environment)
            return Became(Command(request.words, streams))
        close(streams)
        watched = os.pidfd_open(process)
        self.running[watched] = (process, pipe)
        self.waits.register(watched, selectors.EVENT_READ)
        return None

    def report(self, watched: int) -> None:
        """Tell whoever asked for a command how it ended."""
        process, pipe = self.running.pop(watched)
        self.waits.unregister(watched)
        _process, status = os.waitpid(process, 0)
        with suppress(BrokenPipeError):  # nobody waits for it any more
            os.write(pipe, str(os.waitstatus_to_exitcode(status)).encode())
        close([watched, pipe])

    def end_kinds(self) -> None:
        """Let the prepared processes that this one made end, and wait for it."""
        for kind in self.kinds.values():
            kind.close()
        with suppress(ChildProcessError):
            while True:
                os.wait()

    def leave(self) -> None:
        """Close, in a new process, what belongs to the one that forked it."""
        self.waits.close()
        self.requests.close()
        for kind in self.kinds.values():
            kind.close()
        for watched, (_process, pipe) in self.running.items():
            close([watched, pipe])


@dataclass(frozen=True, slots=True)
class Became:
    """Says that this is a new process, and which command it is; none, if it has served its time."""

    command: Command | None


def end(code: int) -> NoReturn:
    """End as a program does, but leave the memory as it is.

    The interpreter would take every object apart first, and for that copy each page that this
    process still shares with the one it was forked from: that takes longer than most commands.
    """
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and not thread.daemon:
            thread.join()
    if settings.configured:  # a command without settings has no database
        connections.close_all()
    atexit._run_exitfuncs()  # noqa: SLF001 nothing public runs what was registered for the end
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def become(environment: dict[str, str]) -> None:
    """Take over an environment whole."""
    os.environ.clear()
    os.environ.update(environment)


def close(descriptors: list[int]) -> None:
    """Close descriptors that another process goes on with."""
    for descriptor in descriptors:
        os.close(descriptor)


def settings_of(words: list[str]) -> str:
    """Return the settings that a command line will enter; ``NONE`` where that is not certain.

    A command whose settings are not known here enters them itself, and only takes longer.
    """
    options, command = _split(words)
    entry = COMMANDS.get(command[0]) if command else None
    if isinstance(entry, dict):
        entry = entry.get(command[1]) if len(command) > 1 else None
    if not isinstance(entry, CommandSpec):
        return NONE
    if entry.settings == SHARED:
        return f"worker_{options['--bank']}" if options.get("--bank") in BANKS else NONE
    return NONE if "--env-file" in options else entry.settings


def _split(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Part the options of ``espi`` itself, each of which has a value, from what follows them."""
    options: dict[str, str] = {}
    following: Iterator[str] = iter(words)
    for word in following:
        if not word.startswith("-"):
            return options, [word, *following]
        name, equals, value = word.partition("=")
        options[name] = value if equals else next(following, "")
    return options, []


def prepared() -> None:
    """Import what is slow, serve the socket that was inherited, and end as a command or at all."""
    for name in LIBRARIES:
        import_module(name)
    command = Preparation(socket.socket(fileno=int(sys.argv[1]))).serve()
    if command is not None:
        command.run()


if __name__ == "__main__":
    prepared()
