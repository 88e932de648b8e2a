"""What is signed and what is sealed, to the byte.

Source: docs/protocol/v1.md, P2 to P4.
"""

from __future__ import annotations

import base64
from hashlib import sha256

from espi.anonymity.v1.codes import base32

BLOCK = 8192
RECEIPT_LENGTH = 16
SEPARATORS = frozenset("|\0\n")


class TooLong(ValueError):
    """The answers do not fit the one block that every ballot has."""


class MalformedBlock(ValueError):
    """The opened block is not padded as protocol version 1 pads."""


class AmbiguousCode(ValueError):
    """A code of a round or stratum holds a separator: two places would share one encoding."""


def info(round_code: str, key_stratum: str) -> bytes:
    """Return what a sealed ballot is bound to: this round and this key stratum.

    Raises:
        AmbiguousCode: a code holds a separator.
    """
    refuse_separators(round_code, key_stratum)
    return f"espi/v1|{round_code}|{key_stratum}".encode()


def ballot_digest(envelope: bytes) -> bytes:
    """Return the SHA-256 of an envelope, by which a ballot is known; P4 calls it the name."""
    return sha256(envelope).digest()


def message(round_code: str, key_stratum: str, envelope: bytes) -> bytes:
    """Return what the blind signature of an envelope is about, 32 bytes.

    Raises:
        AmbiguousCode: a code holds a separator.
    """
    return message_of_digest(round_code, key_stratum, ballot_digest(envelope))


def message_of_digest(round_code: str, key_stratum: str, digest: bytes) -> bytes:
    """Return the same for a ballot of which only the digest is known, as in the public log.

    Raises:
        AmbiguousCode: a code holds a separator.
    """
    refuse_separators(round_code, key_stratum)
    head = b"espi/ballot/v1\0" + round_code.encode() + b"\0" + key_stratum.encode() + b"\0"
    return sha256(head + digest).digest()


def refuse_separators(*codes: str) -> None:
    """Refuse codes that would make two places share one encoding.

    Raises:
        AmbiguousCode: a code holds a separator.
    """
    if any(SEPARATORS & set(code) for code in codes):
        raise AmbiguousCode


def prepare(signed: bytes, randomness: bytes) -> bytes:
    """Return the prepared message of RFC 9474, section 4.1: 32 random bytes before it.

    Raises:
        ValueError: the randomness is not 32 bytes.
    """
    if len(randomness) != 32:  # noqa: PLR2004 fixed by the RFC
        raise ValueError("the randomness must be 32 bytes")
    return randomness + signed


def pad(plaintext: bytes) -> bytes:
    """Return 8,192 bytes: the plaintext, one byte 0x80, zeros.

    Raises:
        TooLong: the plaintext has 8,192 bytes or more.
    """
    if len(plaintext) >= BLOCK:
        raise TooLong
    return plaintext + b"\x80" + b"\0" * (BLOCK - len(plaintext) - 1)


def unpad(block: bytes) -> bytes:
    """Return the plaintext of a padded block.

    Raises:
        MalformedBlock: the length or the padding is wrong.
    """
    end = block.rfind(b"\x80")
    if len(block) != BLOCK or end < 0 or block[end + 1 :].strip(b"\0"):
        raise MalformedBlock
    return block[:end]


def receipt(envelope: bytes) -> str:
    """Return the check code of an envelope: 16 characters, the first 80 bits of its digest."""
    return base32(ballot_digest(envelope), RECEIPT_LENGTH).upper()


def from_base64(text: str) -> bytes:
    """Return the bytes of ordinary base64, as keys are kept.

    Raises:
        ValueError: it is not base64.
    """
    return base64.b64decode(text, validate=True)


def to_base64(data: bytes) -> str:
    """Return ordinary base64, as keys, roots and notes are written."""
    return base64.b64encode(data).decode("ascii")


def to_text(data: bytes) -> str:
    """Return bytes as base64url without padding, as they travel in JSON."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def from_text(text: str) -> bytes:
    """Return the bytes of base64url text.

    Raises:
        ValueError: it is not base64url.
    """
    if not text.isascii() or set(text) & set("+/= \n"):
        raise ValueError("not base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
