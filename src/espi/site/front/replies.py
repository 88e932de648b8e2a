"""Answers that the front gives itself, in both languages, as a page or as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, BinaryIO

from espi.wording.catalogue import in_each_language

Header = tuple[str, str]
Scope = dict[str, Any]  # of a request, as ASGI describes it


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that is complete and only has to be sent.

    Attributes:
        body: the bytes, or an open file to be sent from where it stands.
        close: frees what the program holds for this answer.
    """

    status: int
    headers: tuple[Header, ...]
    body: bytes | BinaryIO
    close: Callable[[], object] = lambda: None


class Refused(Exception):
    """The front refuses a request; nothing of it reached the program."""

    def __init__(self, status: HTTPStatus, error: str, *headers: Header) -> None:
        super().__init__(status)
        self.status, self.error, self.headers = status, error, headers


SENTENCES = {
    "too_long": in_each_language("trouble.too_long"),
    "too_slow": in_each_language("trouble.too_slow"),
    "busy": in_each_language("trouble.server_busy"),
    "failed": in_each_language("trouble.server_failed"),
    "malformed": in_each_language("trouble.unreadable"),
    "method": in_each_language("trouble.unknown_method"),
}
PAGE = (
    '<!doctype html><html lang="id"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><title>E-SPI</title>'
    '</head><body><main><p>{}</p><p lang="en">{}</p></main></body></html>'
)
SAFE = (
    ("Cache-Control", "no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
)


def refusal(refused: Refused, path: str, origin: str) -> Reply:
    """Return the answer to a refused request: JSON for a program, a page for a person.

    Args:
        refused: what is wrong.
        path: where it was asked; addresses for programs begin with ``/v1/``.
        origin: of the page whose script may read the JSON; empty: none.
    """
    message = SENTENCES[refused.error]
    if path.startswith("/v1/"):
        kind = "application/json"
        body = json.dumps({"error": refused.error, "message": message}).encode()
    else:
        kind = "text/html; charset=utf-8"
        body = PAGE.format(message["id"], message["en"]).encode()
    reader = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")] if origin else []
    headers = (("Content-Type", kind), *SAFE, *reader, *refused.headers)
    return Reply(int(refused.status), headers, body)


def raw(headers: Iterable[Header]) -> list[tuple[bytes, bytes]]:
    """Return headers as they travel."""
    return [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers]
