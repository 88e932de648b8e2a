"""Reading the body of a request whole, within the length and the time that its route allows."""

from __future__ import annotations

import asyncio
import re
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from espi.site.front.limits import SMALL_BODY, Route
from espi.site.front.replies import Refused

Receive = Callable[[], Awaitable[dict[str, Any]]]
MayBeLarge = Callable[[], Awaitable[None]]
LENGTH = re.compile(rb"[0-9]{1,15}")
CLOSE = ("Connection", "close")  # what is left of the body is not waited for
AGAIN = ("Retry-After", "5")  # seconds


class Gone(Exception):
    """The visitor left before the body was there."""


class Bodies:
    """Reads bodies; counts the large ones, whose temporary files must not fill the disk."""

    def __init__(self) -> None:
        self._large: Counter[str] = Counter()

    @asynccontextmanager
    async def read(
        self, receive: Receive, route: Route, declared: bytes | None, may_be_large: MayBeLarge
    ) -> AsyncIterator[IO[bytes]]:
        """Give the body as a file at its beginning; it is gone when the context ends.

        Args:
            receive: gives the parts as they arrive.
            route: the limits.
            declared: the header ``Content-Length``, if there is one.
            may_be_large: called once before more than ``SMALL_BODY`` is read; raises if not.

        Raises:
            Refused: longer or slower than the route allows, or too many large ones at this moment.
            Gone: the visitor left.
        """
        if declared is not None and not LENGTH.fullmatch(declared):
            raise Refused(HTTPStatus.BAD_REQUEST, "malformed", CLOSE)
        if declared is not None and int(declared) > route.largest:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long", CLOSE)
        parts = _Parts(self, route, may_be_large)
        try:
            async with asyncio.timeout(route.seconds):
                if declared is not None and int(declared) > SMALL_BODY:
                    await parts.become_large()
                await parts.read(receive)
        except TimeoutError:
            parts.end()
            raise Refused(HTTPStatus.REQUEST_TIMEOUT, "too_slow", CLOSE) from None
        except BaseException:
            parts.end()
            raise
        try:
            yield parts.file
        finally:
            parts.end()

    def take_large(self, route: Route) -> None:
        """Count one more large body.

        Raises:
            Refused: there are as many as may be.
        """
        if self._large[route.prefix] >= route.large_at_once:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", CLOSE, AGAIN)
        self._large[route.prefix] += 1

    def free_large(self, route: Route) -> None:
        """Count one large body less."""
        self._large[route.prefix] -= 1


class _Parts:
    """One body while it arrives. Past ``SMALL_BODY`` it lies in a nameless file of mode 600."""

    def __init__(self, bodies: Bodies, route: Route, may_be_large: MayBeLarge) -> None:
        self.file: IO[bytes] = SpooledTemporaryFile(max_size=SMALL_BODY)  # noqa: SIM115 see end()
        self._large = False
        self._bodies, self._route, self._may_be_large = bodies, route, may_be_large
        self._length = 0

    async def become_large(self) -> None:
        self._bodies.take_large(self._route)
        self._large = True
        await self._may_be_large()

    def end(self) -> None:
        """Let go of the file, and of the right to be large."""
        with suppress(OSError):
            self.file.close()
        if self._large:
            self._bodies.free_large(self._route)

    async def read(self, receive: Receive) -> None:
        while True:
            message = await receive()
            if message["type"] != "http.request":
                raise Gone
            await self._take(message.get("body", b""))
            if not message.get("more_body", False):
                self.file.seek(0)
                return

    async def _take(self, part: bytes) -> None:
        self._length += len(part)
        if self._length > self._route.largest:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_long", CLOSE)
        if self._length > SMALL_BODY and not self._large:
            await self.become_large()
        try:
            self.file.write(part)
        except OSError:  # the disk is full
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", CLOSE, AGAIN) from None
