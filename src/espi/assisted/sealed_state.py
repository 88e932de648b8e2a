"""What a page carries from one step to the next, locked: useless after a day or a restart.

The server keeps nothing between two requests. Code and answers travel in a hidden field of the
form, encrypted under a key that is only in this process's memory.
"""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from espi.anonymity.v1 import encoding

DAY = 24 * 3600  # seconds
NONCE = 12  # bytes
BLOCK = 1024  # lengths are rounded up, so that the page's size does not tell the way taken


class CannotBeRead(Exception):
    """The field was altered, is too old, or was locked before a restart."""


@dataclass(frozen=True, slots=True)
class Answering:
    """A respondent who is still answering, or looks at the review.

    Attributes:
        code: the personal code.
        invitation: what the registry answered about the code, in its JSON.
        section: which section is on the page, from 0; one past the last is the review.
        answers: given so far, by item.
        envelope: made with the review, so that "send" sends this one however often it is pressed.
    """

    code: str
    invitation: Mapping[str, Any]
    section: int
    answers: Mapping[str, str]
    envelope: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Delivering:
    """A respondent whose envelope is being sent; the answers are no longer carried.

    Attributes:
        envelope: sealed answers, with what finishes their signature.
        ballot: the envelope with its signature, once the signer gave it.
    """

    code: str
    invitation: Mapping[str, Any]
    envelope: Mapping[str, str]
    ballot: Mapping[str, str] | None = None


State = Answering | Delivering
KINDS: dict[str, type[State]] = {kind.__name__: kind for kind in (Answering, Delivering)}


class SealedState:
    """Locks and reads the hidden field; the key lives and dies with the process."""

    def __init__(self) -> None:
        self._cipher = AESGCM(secrets.token_bytes(32))

    def lock(self, state: State, now: float | None = None) -> str:
        """Return the field's text."""
        until = (time.time() if now is None else now) + DAY
        content = {"until": until, "kind": type(state).__name__, **asdict(state)}
        plain = json.dumps(content, ensure_ascii=False).encode()
        padded = plain + b" " * (-len(plain) % BLOCK)
        nonce = secrets.token_bytes(NONCE)
        return encoding.to_text(nonce + self._cipher.encrypt(nonce, padded, None))

    def read(self, text: str, now: float | None = None) -> State:
        """Return what was locked.

        Raises:
            CannotBeRead: another process locked it, it was changed, or it is older than a day.
        """
        try:
            data = encoding.from_text(text)
            plain = self._cipher.decrypt(data[:NONCE], data[NONCE:], None)
        except (ValueError, InvalidTag):
            raise CannotBeRead from None
        content = json.loads(plain)
        if content.pop("until") < (time.time() if now is None else now):
            raise CannotBeRead
        return KINDS[content.pop("kind")](**content)
