"""Log lines of every process: they hold facts of the program and nothing of the request.

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
    "disable_existing_loggers": False,  # libraries go on logging, without the text of messages
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
    """Writes level, logger and line of code; no message arguments, no values, no addresses.

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
    lines = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([type(error).__name__, *lines])


def install() -> FactsOnly:
    """Put the formatter before everything that Python writes by itself, and return it.

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
    """Let a long-running process write the error that ends it without its text.

    The system's log keeps what such a process writes, and the text may hold personal data. A
    command keeps the text: the operator who runs it may read it.
    """
    sys.excepthook = _uncaught


def _uncaught(
    _kind: type[BaseException], error: BaseException, trace: TracebackType | None
) -> None:
    sys.stderr.write(f"CRITICAL {facts_of(error, trace)}\n")


def _of_thread(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and args.exc_type is not SystemExit:
        sys.stderr.write(f"ERROR thread {facts_of(args.exc_value, args.exc_traceback)}\n")


def _unraisable(args: sys.UnraisableHookArgs) -> None:
    if args.exc_value is not None:
        sys.stderr.write(f"ERROR unraisable {facts_of(args.exc_value, args.exc_traceback)}\n")
