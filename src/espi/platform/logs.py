"""Log lines that hold facts of the program and none of the request, in every process.

``LOGGING`` is for Django and for granian alike. Whatever has no handler of its own ends in
Python's handler of last resort, which writes messages as they are: ``install`` gives it our
formatter too.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,  # what a library has to say is of use, without its words
    "formatters": {"plain": {"()": "espi.platform.logs.install"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
        "nowhere": {"class": "logging.NullHandler"},
    },
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "django.request": {"handlers": ["console"], "level": "ERROR", "propagate": False},
        # A handler that does nothing, and not none: without any, the last resort would write.
        "django.server": {"handlers": ["nowhere"], "propagate": False},
        "django.security": {"handlers": ["nowhere"], "propagate": False},
        "_granian": {"handlers": ["console"], "level": "WARNING", "propagate": False},
        "granian.access": {"handlers": ["nowhere"], "propagate": False},
    },
}


class FactsOnly(logging.Formatter):
    """Writes level, logger and place of an error; no message arguments, no values, no addresses.

    A message may carry a path, a code or an address in its arguments, and an exception may carry
    one in its text. The type of the exception and the lines it passed are enough to find a bug.
    """

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the frames of an exception without its text."""
        head = f"{record.levelname} {record.name}"
        if not record.exc_info or record.exc_info[1] is None:
            return f"{head} {record.module}:{record.lineno}"
        return f"{head} {facts_of(record.exc_info[1])}"


def facts_of(error: BaseException, trace: TracebackType | None = None) -> str:
    """Return the type of an error and the lines it passed, without its text."""
    frames = traceback.extract_tb(trace or error.__traceback__)
    places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([type(error).__name__, *places])


def install() -> FactsOnly:
    """Let nothing that Python writes by itself past the formatter, and return it.

    Named in ``LOGGING``, so that it runs in every process that configures its log, the workers of
    granian as well: last resort, warnings, errors of threads and of destructors.
    """
    formatter = FactsOnly()
    if logging.lastResort is not None:
        logging.lastResort.setFormatter(formatter)
    logging.raiseExceptions = False  # else a faulty record is written with its arguments
    logging.captureWarnings(capture=True)
    threading.excepthook = _of_thread
    sys.unraisablehook = _unraisable
    return formatter


def hide_texts_of_errors() -> None:
    """Let a process that runs for long end without the text of the error that ended it.

    What it writes is kept by the system's log. A command that somebody waits for keeps the text:
    it is theirs to read.
    """
    sys.excepthook = _uncaught


def _uncaught(
    _kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.stderr.write(f"CRITICAL {facts_of(error, trace)}\n")


def _of_thread(found: threading.ExceptHookArgs) -> None:
    if found.exc_value is not None and found.exc_type is not SystemExit:
        sys.stderr.write(f"ERROR thread {facts_of(found.exc_value, found.exc_traceback)}\n")


def _unraisable(found: sys.UnraisableHookArgs) -> None:
    if found.exc_value is not None:
        sys.stderr.write(f"ERROR unraisable {facts_of(found.exc_value, found.exc_traceback)}\n")
