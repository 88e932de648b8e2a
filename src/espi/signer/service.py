"""The signer as a process of its own: one address, one token, no log.

The registry asks with the hash of an invitation; the answer is a blind signature. Neither is kept.
"""

from __future__ import annotations

import hmac
import json
import os
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from http import HTTPStatus
from pathlib import Path

from espi.anonymity.v1 import encoding
from espi.signer.errors import NotSignable, SignerRefuses
from espi.signer.requests import SigningRequest
from espi.signer.store import Store
from espi.wsgi.headers import body_length
from espi.wsgi.types import Environ, StartResponse

LARGEST = 8 * 1024  # bytes of a request; a right one has about a thousand
SHORTEST_TOKEN = 32  # characters: a token that nobody finds by trying
LONGEST = 100  # letters of a code


def application(environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
    """Answer ``POST /v1/sign``; everything else is not there."""
    status, content = respond(environ)
    body = json.dumps(content).encode()
    headers = [
        ("Content-Type", "application/json"),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
    ]
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        headers.append(("Allow", "POST"))
    start_response(f"{status} {HTTPStatus(status).phrase}", headers)
    return [body]


def respond(environ: Environ) -> tuple[int, dict[str, str]]:
    """Return status and content of the answer."""
    if environ.get("PATH_INFO") != "/v1/sign":
        return 404, {"error": "not_found"}
    if environ["REQUEST_METHOD"] != "POST":
        return 405, {"error": "method"}
    authorization = environ.get("HTTP_AUTHORIZATION", "").encode("utf-8", "surrogateescape")
    # In constant time: how long a comparison takes would tell how much of a guess is right.
    if not hmac.compare_digest(authorization, f"Bearer {os.environ['ESPI_SIGNER_TOKEN']}".encode()):
        return 401, {"error": "token"}
    try:
        return 200, {"signature": encoding.to_text(_sign(_request(environ)))}
    except SignerRefuses as refused:
        return refused.status, {"error": refused.reason}


def _request(environ: Environ) -> SigningRequest:
    """Read the request.

    Raises:
        NotSignable: it is none.
    """
    length = body_length(str(environ.get("CONTENT_LENGTH") or ""), LARGEST)
    if length is None:
        raise NotSignable
    try:
        content = json.loads(environ["wsgi.input"].read(length))
        request = SigningRequest.from_json(content)
    except (ValueError, AttributeError, RecursionError):  # no JSON, no object, or nested too deep
        raise NotSignable from None
    if not _is_plain(request.wave_code) or not _is_plain(request.key_stratum):
        raise NotSignable
    return request


def _sign(request: SigningRequest) -> bytes:
    store = Store(Path(os.environ["ESPI_SIGNER_KEYS"]) / request.wave_code)
    return store.sign(
        key_stratum=request.key_stratum,
        invitation=request.invitation,
        blinded=request.blinded,
        today=today(),
    )


def _is_plain(code: str) -> bool:
    """Say whether a code can name a file and nothing beside it."""
    return (
        0 < len(code) <= LONGEST and code[0] != "." and all(c.isalnum() or c in "-._" for c in code)
    )


def today() -> date:
    """Return the day; a rehearsal shifts it by a file, as it does for every other process."""
    shift = os.environ.get("ESPI_CLOCK_FILE")
    days = float(Path(shift).read_text("ascii") or 0) if shift else 0
    return (datetime.now(UTC) + timedelta(days=days)).date()
