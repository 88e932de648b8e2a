"""What each route of a program allows: length and time of a body, and threads."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

KILOBYTE, MEGABYTE = 1024, 1024 * 1024
SMALL_BODY = 128 * KILOBYTE  # every form and every ballot fits with room to spare
SECONDS = 30.0  # for a small body: a phone on a bad line needs a few
SLOWEST = 64 * KILOBYTE  # bytes a second of a longer body, beyond those seconds
WAITING = 200  # requests that may wait for a thread of a lane before others are refused


@dataclass(frozen=True, slots=True)
class Lane:
    """Threads of their own for some routes, so that others cannot take all of them.

    Attributes:
        threads: requests that are worked on at a time.
        waiting: requests that may wait for a thread; more are answered 503 at once.
    """

    name: str
    threads: int
    waiting: int = WAITING


@dataclass(frozen=True, slots=True)
class Route:
    """Limits for the paths that begin with a prefix.

    Attributes:
        prefix: the beginning of the paths; ``*`` stands for one part between slashes, such as the
            code of a wave.
        largest: bytes of a body; a longer one is answered 413 and not read.
        asks_first: before a body longer than ``SMALL_BODY`` is read, the same address is asked
            with GET whether it would be shown to this visitor; if not, that answer is given. So
            nobody has a large file taken in who may not send one.
        large_at_once: bodies longer than ``SMALL_BODY`` that may be there at a time; they lie in
            temporary files, and these must not fill the disk.
        patience: seconds for a small body to arrive; a longer one has time in proportion.
    """

    prefix: str
    lane: str
    largest: int = SMALL_BODY
    asks_first: bool = False
    large_at_once: int = 8
    patience: float = SECONDS

    def takes(self, path: str) -> bool:
        """Say whether a path begins with the prefix."""
        return re.match(re.escape(self.prefix).replace(r"\*", "[^/]+"), path) is not None

    @property
    def seconds(self) -> float:
        """Return how long a body may take to arrive."""
        return self.patience + max(0, self.largest - SMALL_BODY) / SLOWEST


@dataclass(frozen=True, slots=True)
class Limits:
    """All routes and lanes of a program.

    Attributes:
        routes: the first whose prefix fits counts; the last one must fit every path.
        headers_within: seconds for the headers; an idle connection is closed after them, too.
    """

    lanes: Sequence[Lane]
    routes: Sequence[Route]
    headers_within: float = 10.0

    def __post_init__(self) -> None:
        if not self.routes or self.routes[-1].prefix:
            raise ValueError("the last route must have an empty prefix")
        if unknown := {route.lane for route in self.routes} - {lane.name for lane in self.lanes}:
            raise ValueError(f"no such lane: {', '.join(sorted(unknown))}")

    def route(self, path: str) -> Route:
        """Return the route of a path."""
        return next(route for route in self.routes if route.takes(path))


def one_lane(threads: int) -> Limits:
    """Return limits for a program whose routes are all alike."""
    return Limits((Lane("all", threads),), (Route("", "all"),))
