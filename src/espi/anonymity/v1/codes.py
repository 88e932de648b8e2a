"""Personal codes: derived from a secret, never stored, 128 bits, easy to read aloud.

Source: docs/protocol/v1.md, P1.
"""

from __future__ import annotations

import hmac
from hashlib import sha256

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
CODE_LENGTH = 26
CHECK_LENGTH = 8
CONFUSIONS = str.maketrans({"o": "0", "i": "1", "l": "1"})


class MalformedCode(ValueError):
    """The text cannot be a personal code: a character or the length is wrong."""


def base32(data: bytes, length: int) -> str:
    """Write the first ``5 * length`` bits of ``data`` in Crockford's alphabet."""
    bits = int.from_bytes(data, "big") << 5
    total = len(data) * 8 + 5
    return "".join(ALPHABET[bits >> (total - 5 * (n + 1)) & 31] for n in range(length))


def derive_code(secret: bytes, reference: str) -> str:
    """Return the personal code of an invitation: 26 characters, 128 bits."""
    mac = hmac.digest(secret, b"espi/code/v1\0" + reference.encode(), sha256)
    return base32(mac[:16], CODE_LENGTH)


def check_code(secret: bytes, reference: str) -> str:
    """Return the short code that proves a message genuine, as ``7KQ2-42MX``, 40 bits.

    It opens nothing: it is derived apart from the personal code.
    """
    mac = hmac.digest(secret, b"espi/check/v1\0" + reference.encode(), sha256)
    text = base32(mac[:5], CHECK_LENGTH).upper()
    return f"{text[:4]}-{text[4:]}"


def normalise_code(text: str) -> str:
    """Return a code as it was issued, whatever case, blanks or look-alikes it was typed with.

    Raises:
        MalformedCode: it cannot be a code.
    """
    code = "".join(text.split()).replace("-", "").lower().translate(CONFUSIONS)
    if len(code) != CODE_LENGTH or set(code) - set(ALPHABET):
        raise MalformedCode
    return code


def code_hash(code: str) -> bytes:
    """Return what is stored of a code, 32 bytes."""
    return sha256(b"espi/code-hash/v1\0" + code.encode()).digest()
