"""Personal codes: derived from a secret, never stored, 128 bits, easy to read aloud.

Source: docs/protocol/v1.md, P1.
"""

from __future__ import annotations

import hmac
import unicodedata
from hashlib import sha256

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
CODE_LENGTH = 26
CHECK_LENGTH, CHECK_GROUP = 15, 5
OLD_CHECK_LENGTH = 8  # of messages sent before decision 37; whoever kept one can still check it
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
    """Return the short code that proves a message genuine, as ``7KQ24-2MX9T-3PABC``, 75 bits.

    It opens nothing: it is derived apart from the personal code. Decision 37 has its length.
    """
    mac = hmac.digest(secret, b"espi/check/v2\0" + reference.encode(), sha256)
    text = base32(mac[:10], CHECK_LENGTH).upper()
    return "-".join(text[at : at + CHECK_GROUP] for at in range(0, CHECK_LENGTH, CHECK_GROUP))


def normalise_check_code(text: str) -> str:
    """Return a check code as it was sent, whatever it was typed with.

    Case, look-alikes and full-width letters do not matter, nor does anything that is neither
    letter nor digit: blanks, hyphens and dashes, dots, invisible characters. Codes of eight
    characters, which were sent before, are returned as ``7KQ2-42MX``.

    Raises:
        MalformedCode: it cannot be a check code.
    """
    plain = unicodedata.normalize("NFKC", text).lower().translate(CONFUSIONS)
    code = "".join(letter for letter in plain if letter.isalnum()).upper()
    if set(code.lower()) - set(ALPHABET) or len(code) not in {CHECK_LENGTH, OLD_CHECK_LENGTH}:
        raise MalformedCode
    group = CHECK_GROUP if len(code) == CHECK_LENGTH else OLD_CHECK_LENGTH // 2
    return "-".join(code[at : at + group] for at in range(0, len(code), group))


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
