"""What a page carries from one step to the next: locked, and worthless after a day or a restart."""

from __future__ import annotations

import json
import secrets
import time
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from espi.anonymity.v1 import encoding

DAY = 24 * 3600
NONCE = 12
BLOCK = 1024  # lengths are rounded up, so that the page's size does not tell the way taken


class CannotBeRead(Exception):
    """The field was altered, is too old, or comes from before a restart."""


class Baggage:
    """Locks and reads the one hidden field; the key lives and dies with the process."""

    def __init__(self) -> None:
        self._cipher = AESGCM(secrets.token_bytes(32))

    def lock(self, content: dict[str, Any], now: float | None = None) -> str:
        """Return the field's text."""
        until = (time.time() if now is None else now) + DAY
        plain = json.dumps({"until": until, **content}, ensure_ascii=False).encode()
        padded = plain + b" " * (-len(plain) % BLOCK)
        nonce = secrets.token_bytes(NONCE)
        return encoding.to_text(nonce + self._cipher.encrypt(nonce, padded, None))

    def read(self, text: str, now: float | None = None) -> dict[str, Any]:
        """Return what was locked.

        Raises:
            CannotBeRead: it is not this process's, was changed, or is older than a day.
        """
        try:
            data = encoding.from_text(text)
            plain = self._cipher.decrypt(data[:NONCE], data[NONCE:], None)
        except (ValueError, InvalidTag):
            raise CannotBeRead from None
        content: dict[str, Any] = json.loads(plain)
        if content.pop("until") < (time.time() if now is None else now):
            raise CannotBeRead
        return content
