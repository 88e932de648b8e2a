"""Sends one HTTP request to a server that an operator named.

It follows no redirect, uses no proxy, and reads no more than it was asked to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit


class Unreachable(Exception):
    """The server did not answer: no connection, nothing in time, or an answer that is not HTTP."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered.

    Attributes:
        status: the HTTP status, 100–599.
        body: at most as many bytes as were asked for.
    """

    status: int
    body: bytes


def request(
    method: str,
    url: str,
    body: bytes | None = None,
    *,
    headers: Mapping[str, str],
    timeout: float,
    largest: int,
) -> Answer:
    """Send one request and read its answer, whatever its status.

    The standard library's ``urlopen`` follows redirects and the proxies of the environment: both
    would carry a ballot or a token to a server that the operator did not name.

    Args:
        method: for example ``POST``.
        url: with ``http`` or ``https``; a query is sent with it.
        body: what is sent, or nothing.
        headers: sent as they are; nothing else but Host and Content-Length is.
        timeout: seconds without a byte after which the server counts as away.
        largest: bytes of the answer that are read; a longer one is cut off.

    Raises:
        Unreachable: no connection, no answer within ``timeout``, or an answer that is not HTTP.
    """
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.netloc, timeout=timeout)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, target, body, dict(headers))
        answer = connection.getresponse()
        return Answer(answer.status, answer.read(largest))
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"{type(error).__name__}: {error}") from None
    finally:
        connection.close()
