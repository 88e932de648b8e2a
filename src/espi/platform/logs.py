"""Log lines that hold facts of the program and none of the request."""

from __future__ import annotations

import logging
import traceback


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
        error = record.exc_info[1]
        frames = traceback.extract_tb(error.__traceback__)
        places = [f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
        return "\n".join([f"{head} {type(error).__name__}", *places])
