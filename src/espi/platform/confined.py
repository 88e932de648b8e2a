"""Runs a function on a file that cannot be trusted, in a process of its own with limits.

A file can be written so that its reader asks for hundreds of gigabytes, never ends, or crashes.
The reader therefore runs in a child process: the operating system ends the child when it uses
more memory or time than it may, and the server that started it only sees that it failed.

The child is a fresh interpreter, not a fork: a fork of a process with threads can deadlock. It
gets none of the settings of its parent, so no secret is in its memory.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import BinaryIO

MEMORY_EXIT, FAULT_EXIT = 77, 70
WAITING = 4  # times the processor time: on a busy machine a process runs a part of the time only
OUT_OF_MEMORY = {  # how a process ends that was refused memory, by what refused it
    MEMORY_EXIT,  # Python
    -signal.SIGABRT,  # Rust and C++ abort
    -signal.SIGSEGV,  # C code that does not check, and a stack that cannot grow
    -signal.SIGBUS,
    -signal.SIGKILL,  # the kernel, when the whole machine is out of memory
}


class Exceeded(Exception):
    """The child needed more memory, time or room for its output than it may have."""


class Broken(Exception):
    """The child ended with an error that is a fault of the program; its trace is in the log."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may use.

    Attributes:
        memory: bytes of address space.
        seconds: of processor time; it is ended after four times as many by the clock.
        output: bytes it may write.
    """

    memory: int
    seconds: int
    output: int


def run_confined(target: str, argument: str, source: BinaryIO, limits: Limits) -> BinaryIO:
    """Run ``module:function`` on a file in a process of its own, and return what it wrote.

    The function is called with the argument, the file to read and the file to write. Its module
    must not import Django: the child has no settings.

    Args:
        target: ``module:function``.
        argument: text for the function, for example its own bounds.
        source: an open file; read by its descriptor, from the beginning.
        limits: what the child may use.

    Returns:
        The output, at its beginning, in a file without a name. The caller closes it.

    Raises:
        Exceeded: the child used more than the limits allow.
        Broken: the child failed in a way that no input should cause.
    """
    os.lseek(source.fileno(), 0, os.SEEK_SET)
    output: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 the caller closes it
    words = [sys.executable, "-I", "-m", __name__, target, json.dumps(asdict(limits)), argument]
    try:
        done = subprocess.run(  # noqa: S603 our own program with our own words
            words,
            stdin=source,
            stdout=output,
            env={"LANG": "C.UTF-8"},
            timeout=limits.seconds * WAITING,
            check=False,
        )
    except subprocess.TimeoutExpired:
        output.close()
        raise Exceeded("time by the clock") from None
    if done.returncode == 0:
        output.seek(0)
        return output
    output.close()
    if done.returncode == -signal.SIGXCPU:
        raise Exceeded("processor time")
    if done.returncode in OUT_OF_MEMORY:
        raise Exceeded("memory")
    raise Broken(f"{target} ended with {done.returncode}")


def confine(limits: Limits) -> None:
    """Set the limits for this process, for good."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    # One second between the soft and the hard limit: the soft one ends the process with a signal
    # of its own, by which the parent knows the reason.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.seconds, limits.seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.output, limits.output))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would hold the persons


def main(target: str, limits: str, argument: str) -> int:
    """Run the function within its limits, and return the exit status of this process.

    Nothing that libraries print is let through, as it may hold the content of the file: of an
    error, only its type and the lines of code are written.
    """
    log = os.fdopen(os.dup(2), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    module, _, name = target.partition(":")
    function: Callable[[str, BinaryIO, BinaryIO], None] = getattr(import_module(module), name)
    confine(Limits(**json.loads(limits)))
    try:
        with os.fdopen(0, "rb") as source, os.fdopen(1, "wb") as output:
            function(argument, source, output)
    except MemoryError:
        return MEMORY_EXIT
    except Exception as error:  # noqa: BLE001 every other error is a fault, logged without its text
        if isinstance(error, OSError) and error.errno == 27:  # noqa: PLR2004 EFBIG: RLIMIT_FSIZE
            return MEMORY_EXIT
        frames = traceback.extract_tb(error.__traceback__)
        lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        log.write("\n".join([f"ERROR {target} {type(error).__name__}", *lines]) + "\n")
        log.flush()
        return FAULT_EXIT
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
