"""The ASGI application that stands before a program."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http import HTTPStatus
from io import BytesIO
from typing import IO, Any, BinaryIO

from espi.platform.logs import FactsOnly
from espi.site.front.bodies import AGAIN, Bodies, Gone, Receive
from espi.site.front.limits import Lane, Limits, Route
from espi.site.front.programs import Program, environ_of, run
from espi.site.front.replies import Refused, Reply, Scope, raw, refusal

Send = Callable[[dict[str, Any]], Awaitable[None]]
METHODS = ("GET", "HEAD", "POST", "OPTIONS")
BLOCK = 64 * 1024  # bytes that are sent at a time
SECONDS_A_BLOCK = 60.0  # a reader who takes longer for one block has gone
BODILESS = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
log = logging.getLogger("espi.front")


class Front:
    """Receives requests, runs the program in the lane of each route, and sends the answers.

    Args:
        program: the WSGI application.
        limits: what its routes allow.
        origin: of the page whose script may read refusals under ``/v1/``; empty: none.
    """

    def __init__(self, program: Program, limits: Limits, origin: str = "") -> None:
        self._program, self._limits, self._origin = program, limits, origin
        self._bodies = Bodies()
        self._lanes: Mapping[str, _Threads] = {lane.name: _Threads(lane) for lane in limits.lanes}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        try:
            reply = await self._answer(scope, receive)
        except Gone:
            return
        except Refused as refused:
            reply = refusal(refused, scope["path"], self._origin)
        except Exception as error:  # noqa: BLE001 the bug of one request must not end the process
            _log_bug(error)
            failed = Refused(HTTPStatus.INTERNAL_SERVER_ERROR, "failed")
            reply = refusal(failed, scope["path"], self._origin)
        try:
            await _send(reply, scope["method"], send)
        finally:
            reply.close()

    async def _answer(self, scope: Scope, receive: Receive) -> Reply:
        if scope["method"] not in METHODS:
            allow = ("Allow", ", ".join(METHODS))
            raise Refused(HTTPStatus.METHOD_NOT_ALLOWED, "method", allow, ("Connection", "close"))
        route = self._limits.route(scope["path"])
        declared = dict(scope["headers"]).get(b"content-length")

        async def may_be_large() -> None:
            if route.asks_first:
                await self._ask_first(scope, route)

        try:
            async with self._bodies.read(receive, route, declared, may_be_large) as body:
                return await self._run(scope, route, body)
        except _NotShown as shown:
            return shown.reply

    async def _ask_first(self, scope: Scope, route: Route) -> None:
        """Ask whether the address would be shown to this visitor, before a large body is read.

        Raises:
            _NotShown: it would not be shown; holds the answer that the visitor gets instead.
        """
        headers = [pair for pair in scope["headers"] if pair[0] != b"content-type"]
        reply = await self._run({**scope, "method": "GET", "headers": headers}, route, BytesIO(b""))
        if reply.status != HTTPStatus.OK:
            raise _NotShown(reply)
        reply.close()

    async def _run(self, scope: Scope, route: Route, body: IO[bytes]) -> Reply:
        length = body.seek(0, 2)
        body.seek(0)
        environ = environ_of(scope, body, length)
        return await self._lanes[route.lane].run(self._program, environ)


class _NotShown(Exception):
    """The visitor may not see the page to which a large body was to be sent."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.status)
        close = ("Connection", "close")
        self.reply = Reply(reply.status, (*reply.headers, close), reply.body, reply.close)


class _Threads:
    """The threads of a lane."""

    def __init__(self, lane: Lane) -> None:
        self._executor = ThreadPoolExecutor(lane.threads, thread_name_prefix=lane.name)
        self._free = lane.threads + lane.waiting

    async def run(self, program: Program, environ: dict[str, Any]) -> Reply:
        if self._free <= 0:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, "busy", AGAIN)
        self._free -= 1
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._executor, run, program, environ)
        finally:
            self._free += 1


async def _send(reply: Reply, method: str, send: Send) -> None:
    """Send an answer; a thread is not needed for it, however slowly it is read."""
    headers = list(reply.headers)
    names = {name.lower() for name, _value in headers}
    if (
        isinstance(reply.body, bytes)
        and reply.status not in BODILESS
        and "content-length" not in names
    ):
        headers.append(("Content-Length", str(len(reply.body))))
    start = {"type": "http.response.start", "status": reply.status, "headers": raw(headers)}
    shown = method != "HEAD" and reply.status not in BODILESS
    body = reply.body if shown else b""
    with suppress(TimeoutError):
        await send(start)
        await _send_body(body, send)


async def _send_body(body: bytes | BinaryIO, send: Send) -> None:
    file = BytesIO(body) if isinstance(body, bytes) else body
    more = True
    while more:
        block = file.read(BLOCK)
        more = len(block) == BLOCK
        async with asyncio.timeout(SECONDS_A_BLOCK):
            await send({"type": "http.response.body", "body": block, "more_body": more})


def _log_bug(error: Exception) -> None:
    """Write which error it was and where, and nothing of the request."""
    handler = logging.StreamHandler()
    handler.setFormatter(FactsOnly())
    record = log.makeRecord(
        log.name, logging.ERROR, __file__, 0, "", (), (type(error), error, error.__traceback__)
    )
    handler.emit(record)
