"""Asks over HTTP with deadlines: a server that drips or breaks off proves nothing."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPResponse, HTTPSConnection
from threading import Timer
from time import monotonic
from typing import Any
from urllib.request import HTTPHandler, HTTPSHandler, Request, build_opener

from espi_verify.errors import Unusable

SECONDS = 60.0  # for the head of an answer, and for each piece of its body: 1 KiB a second
PIECE = 1 << 16
TOTAL_SECONDS = 6 * 3600.0  # a record of 600,000 ballots takes minutes
TOTAL_BYTES = 1 << 36


@dataclass(slots=True)
class Budget:
    """How long everything that is fetched may take together, and how large it may be."""

    ends: float = field(default_factory=lambda: monotonic() + TOTAL_SECONDS)
    left: int = field(default_factory=lambda: TOTAL_BYTES)

    def take(self, count: int) -> None:
        """Count bytes that came.

        Raises:
            Unusable: there were too many, or it took too long.
        """
        self.left -= count
        if self.left < 0 or monotonic() > self.ends:
            raise Unusable(
                f"more than {TOTAL_BYTES} bytes, or longer than {TOTAL_SECONDS:.0f} seconds, to "
                f"fetch: copy the folder instead"
            )


class _Watch:
    """Shuts down the connections of one request when a time is over, wherever it waits."""

    def __init__(self) -> None:
        self.late = False
        self._sockets: list[socket.socket] = []

    def add(self, connected: socket.socket) -> None:
        """Take a connection before TLS wraps it; a duplicate shuts down the very same one."""
        self._sockets.append(connected.dup())
        if self.late:
            self._end()

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        timer = Timer(seconds, self._end)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            if self.late:
                raise TimeoutError(f"the server took longer than {seconds:g} seconds")

    def _end(self) -> None:
        self.late = True
        for connected in self._sockets:
            with suppress(OSError):
                connected.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for connected in self._sockets:
            connected.close()


class _Plain(HTTPConnection):
    watch: _Watch

    def connect(self) -> None:
        super().connect()
        self.watch.add(self.sock)


class _Locked(HTTPSConnection, _Plain):
    """Its ``connect`` calls that of ``_Plain`` before the TLS handshake."""


class _Handler(HTTPHandler, HTTPSHandler):
    def __init__(self, watch: _Watch) -> None:
        super().__init__()
        self._watch = watch

    def http_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self._made(_Plain), req)

    def https_open(self, req: Request) -> HTTPResponse:
        return self.do_open(self._made(_Locked), req)

    def _made(self, kind: type[_Plain]) -> Any:
        def make(host: str, **options: Any) -> _Plain:
            connection = kind(host, **options)
            connection.watch = self._watch
            return connection

        return make


class Answer:
    """What a server answers, its body still to be read."""

    def __init__(self, response: HTTPResponse, watch: _Watch, budget: Budget) -> None:
        """Take an answer of which the head was read."""
        self.headers = response.headers
        self._response, self._watch, self._budget = response, watch, budget

    def pieces(self) -> Iterator[bytes]:
        """Yield the body in pieces.

        Raises:
            OSError: it took too long, or ended before its length.
            Unusable: all that was fetched is too much.
        """
        while True:
            with self._watch.within(SECONDS):
                piece = self._response.read(PIECE)
            self._budget.take(len(piece))
            if not piece:
                break
            yield piece
        if self._response.length:
            raise ConnectionError(f"it was cut short: {self._response.length} bytes are missing")


@contextmanager
def answering(asked: str | Request, budget: Budget) -> Iterator[Answer]:
    """Ask a server, and let the connection go at the end.

    Args:
        asked: an http or https address, or a request to one.
        budget: what may still be fetched.

    Raises:
        OSError: it does not answer in time; HTTPError: it answers with an error.
    """
    watch = _Watch()
    try:
        with watch.within(SECONDS):
            response = build_opener(_Handler(watch)).open(asked, timeout=SECONDS)
        with response:
            yield Answer(response, watch, budget)
    finally:
        watch.close()
