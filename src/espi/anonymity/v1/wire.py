"""Reads the parts of JSON objects that others wrote; each part is looked at before it is used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from espi.anonymity.v1 import encoding

Json = Mapping[str, object]
HASH = re.compile(r"[0-9a-f]{64}")


class PartFaulty(ValueError):
    """A part is missing, or is not what the protocol puts there."""


def text(content: Json, name: str) -> str:
    """Return a text.

    Raises:
        PartFaulty: it is missing or no text.
    """
    value = content.get(name)
    if not isinstance(value, str):
        raise PartFaulty(f"{name}: a text was expected")
    return value


def texts(content: Json, name: str) -> tuple[str, ...]:
    """Return a list of texts.

    Raises:
        PartFaulty: it is missing, no list, or holds something else.
    """
    value = content.get(name)
    if not isinstance(value, list) or not all(isinstance(part, str) for part in value):
        raise PartFaulty(f"{name}: a list of texts was expected")
    return tuple(value)


def count(content: Json, name: str, least: int = 0) -> int:
    """Return a whole number of ``least`` or more.

    Raises:
        PartFaulty: it is missing, no whole number, or smaller. ``true`` is no number, though Python
            takes it for one.
    """
    value = content.get(name)
    if type(value) is not int or value < least:
        raise PartFaulty(f"{name}: a number was expected, {least} or more")
    return value


def sha256_hex(content: Json, name: str) -> str:
    """Return a SHA-256 in hexadecimal.

    Raises:
        PartFaulty: it is missing or none.
    """
    value = content.get(name)
    if not isinstance(value, str) or not HASH.fullmatch(value):
        raise PartFaulty(f"{name}: 64 hexadecimal digits were expected")
    return value


def base64(content: Json, name: str) -> bytes:
    """Return the bytes of ordinary base64.

    Raises:
        PartFaulty: it is missing or none.
    """
    try:
        return encoding.from_base64(text(content, name))
    except ValueError:
        raise PartFaulty(f"{name}: base64 was expected") from None


def member(content: Json, name: str) -> dict[str, object]:
    """Return an object within the object.

    Raises:
        PartFaulty: it is missing or no object.
    """
    value = content.get(name)
    if not isinstance(value, dict):
        raise PartFaulty(f"{name}: an object was expected")
    return value


def public_key(content: Json, name: str) -> dict[str, str]:
    """Return a public key in the form that browsers import (JWK); its numbers are not looked at.

    Raises:
        PartFaulty: it is missing or no object.
    """
    return {part: str(value) for part, value in member(content, name).items()}
