"""Waits for a database that is busy or away: what is to be written is held until it is there."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from django.db import InterfaceError, OperationalError, connection

FIRST_WAIT, LONGEST_WAIT = 0.1, 5.0  # seconds between tries
LOG_EVERY = 30.0  # seconds: an outage of an hour is a hundred lines, not ten thousand
# Asked to end, a dispatcher still tries this long to write what it holds: a service manager waits
# about a minute and a half before it kills.
HOLD_AT_END = 60.0  # seconds
P = ParamSpec("P")
R = TypeVar("R")
logger = logging.getLogger(__name__)


class PatientDatabase:
    """Does work in the one thread that holds the database connection, as often as it takes.

    SQLite locked by another process, a full disk and a lost PostgreSQL connection look alike: the
    transaction did not happen, or nobody knows whether it did. So whatever is done here must be
    one transaction, and may be done twice.
    """

    def __init__(self, ends: asyncio.Event) -> None:
        self.ends = ends
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")

    async def do(self, work: Callable[P, R], *args: P.args, **values: P.kwargs) -> R:
        """Do something, waiting while the database is busy or away.

        Raises:
            OperationalError, InterfaceError: it still was a minute after we were asked to end.
        """
        loop = asyncio.get_running_loop()
        wait, logged_at, ending = FIRST_WAIT, 0.0, 0.0
        while True:
            try:
                return await loop.run_in_executor(
                    self._thread, partial(_connected, partial(work, *args, **values))
                )
            except (OperationalError, InterfaceError) as trouble:
                present = time.monotonic()
                ending = (ending or present) if self.ends.is_set() else 0.0
                if ending and present - ending > HOLD_AT_END:
                    raise
                if present - logged_at > LOG_EVERY:
                    logger.warning("The database is busy or away: %s", type(trouble).__name__)
                    logged_at = present
            await asyncio.sleep(wait)
            wait = min(LONGEST_WAIT, wait * 2)

    async def close(self) -> None:
        """Close the connection, and end the thread."""
        await asyncio.get_running_loop().run_in_executor(self._thread, _leave)
        self._thread.shutdown()


def _leave() -> None:
    """Close the connection of the thread that calls: it is that thread's own."""
    connection.close()


def _connected(work: Callable[[], R]) -> R:
    """Do work; after trouble drop the connection, so that the next try makes a fresh one."""
    try:
        return work()
    except (OperationalError, InterfaceError):
        if not connection.in_atomic_block:  # a test's own transaction is not ours to close
            connection.close()
        raise
