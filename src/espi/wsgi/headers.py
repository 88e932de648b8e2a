"""Headers of requests and responses that several programs read or write alike."""

from __future__ import annotations

import re

LENGTH = re.compile(r"[0-9]{1,9}")


def body_length(header: str, most: int) -> int | None:
    """Return the value of Content-Length, or None if it is not a number or exceeds ``most``.

    The sender wrote the header, so it may be missing, negative or absurdly long.
    """
    if not LENGTH.fullmatch(header) or int(header) > most:
        return None
    return int(header)


def strict_transport(address: str) -> list[tuple[str, str]]:
    """Return the header that keeps browsers on TLS, where the survey's addresses are https."""
    if not address.startswith("https://"):
        return []
    return [("Strict-Transport-Security", "max-age=31536000")]
