"""The relay of level L3: passes locked envelopes on; the box never sees where they came from.

Run by yet another body. It sees an address and a locked envelope, and keeps neither; the box sees
the envelope and the relay's address. No log, no file, no database.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from http import HTTPStatus
from http.client import responses

from espi.http_client import Answer, Unreachable, request
from espi.wording.catalogue import in_each_language
from espi.wsgi.headers import body_length, strict_transport
from espi.wsgi.limiting import limited
from espi.wsgi.types import Environ, StartResponse

LARGEST = 16 * 1024  # bytes, as the box allows: a ballot has some 12 kB
PATIENCE = 15  # seconds; the booth waits 20, so that it hears from us that the box is away


def _refusal(error: str, key: str) -> bytes:
    return json.dumps({"error": error, "message": in_each_language(key)}).encode()


MALFORMED = _refusal("malformed", "refusals.relay_malformed")
TOO_MANY = _refusal("busy", "trouble.too_many_failures")
AWAY = _refusal("busy", "refusals.relay_box_away")


def respond(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Pass ``POST /v1/ballots`` on to the box; other addresses do not exist."""
    if environ.get("PATH_INFO") != "/v1/ballots":
        return _answer(start_response, 404, b'{"error":"not_found"}')
    if environ["REQUEST_METHOD"] == "OPTIONS":
        return _answer(start_response, 204, b"")
    length = body_length(str(environ.get("CONTENT_LENGTH") or ""), LARGEST)
    if environ["REQUEST_METHOD"] != "POST":
        return _answer(start_response, 405, b'{"error":"method"}')
    if length is None:
        return _answer(start_response, 400, MALFORMED)
    try:
        answer = _pass_on(environ["wsgi.input"].read(length))
    except (OSError, Unreachable):
        return _answer(start_response, 503, AWAY)
    return _answer(start_response, answer.status, answer.body)


def _pass_on(ballot: bytes) -> Answer:
    """Send the box the bytes of a ballot, without any header or address of their request."""
    return request(
        "POST",
        f"{os.environ['ESPI_BOX_URL']}/v1/ballots",
        ballot,
        headers={"Content-Type": "text/plain"},
        timeout=PATIENCE,
        largest=LARGEST,
    )


def _answer(start_response: StartResponse, status: int, body: bytes) -> Iterable[bytes]:
    headers = [
        *strict_transport(os.environ["ESPI_BOOTH_URL"]),
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Access-Control-Allow-Origin", os.environ["ESPI_BOOTH_URL"]),
        ("Access-Control-Allow-Methods", "POST"),
        ("Vary", "Origin"),
        ("Cache-Control", "no-store"),
    ]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "POST, OPTIONS"))
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        headers.append(("Retry-After", "60"))
    start_response(f"{status} {responses.get(status, 'Other')}", headers)
    return [body]


def refuse_busy(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:  # noqa: ARG001 the same for everybody
    """Tell a network that it failed too often."""
    return _answer(start_response, 429, TOO_MANY)


application = limited(respond, refuse_busy)
