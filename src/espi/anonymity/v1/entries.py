"""Entries of the public log, to the byte; what they say as types is in ``statements``.

Source: docs/protocol/record.md, P14 to P16.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

from espi.anonymity.v1 import encoding
from espi.canonical_json import canonical_json

ROUND, STRATUM, FRAME = "espi/round/v1", "espi/stratum/v1", "espi/frame/v1"
PAGE, BALLOT, PLANTED = "espi/page/v1", "espi/ballot/v1", "espi/planted/v1"
CLOSING, SMALL, OPENING = "espi/closing/v1", "espi/small/v1", "espi/opening/v1"
DIGEST, RANDOM, SIGNATURE = 32, 32, 384  # bytes of the parts of a ballot entry
# Which kinds may stand after which (P14). What is in the log stays there for ever, so the order is
# looked at before anything is added. The entries before the first page are the directory, which
# ``Directory.read`` checks as a whole.
FOLLOWS = {
    FRAME: {PAGE},
    PAGE: {PAGE, BALLOT, PLANTED, CLOSING},
    BALLOT: {PAGE, BALLOT, PLANTED, CLOSING},
    PLANTED: {PAGE, BALLOT, PLANTED, CLOSING},
    CLOSING: {SMALL, OPENING},
    SMALL: {OPENING},
    OPENING: set[str](),
}


class EntryFaulty(ValueError):
    """The bytes are not an entry of this protocol."""


def statement(kind: str, content: Mapping[str, object]) -> bytes:
    """Return an entry whose body is JSON, in its one spelling."""
    return f"{kind}\n{canonical_json(content)}".encode()


def kind_of(entry: bytes) -> str:
    """Return the kind of an entry.

    Raises:
        EntryFaulty: its first line is not a kind.
    """
    kind, end, _body = entry.partition(b"\n")
    if not end or not kind.isascii():
        raise EntryFaulty("an entry begins with its kind")
    return kind.decode("ascii")


def misplaced(last: bytes, fresh: Iterable[bytes]) -> tuple[str, str] | None:
    """Return the first kind in ``fresh`` that may not follow, and the kind that it would follow."""
    before = kind_of(last)
    for entry in fresh:
        kind = kind_of(entry)
        if kind not in FOLLOWS[before]:
            return kind, before
        before = kind
    return None


def body_of(entry: bytes, kind: str) -> dict[str, object]:
    """Return the JSON object of an entry that must be of a kind.

    Raises:
        EntryFaulty: the entry is of another kind, or its body is no JSON object.
    """
    if kind_of(entry) != kind:
        raise EntryFaulty(f"this entry is not {kind}")
    try:
        content = json.loads(entry.partition(b"\n")[2])
    except ValueError:
        content = None
    if not isinstance(content, dict):
        raise EntryFaulty(f"the {kind} entry holds no object")
    return content


@dataclass(frozen=True, slots=True)
class BallotEntry:
    """A ballot as the log shows it: what its signature is checked with, without the envelope.

    Attributes:
        digest: SHA-256 of the envelope; P14 calls it the name.
        random: the 32 bytes before the message (P3).
    """

    stratum: str
    digest: bytes
    random: bytes
    signature: bytes

    def to_bytes(self) -> bytes:
        """Return the entry."""
        head = f"{BALLOT}\n{self.stratum}\n".encode()
        return head + self.digest + self.random + self.signature

    @classmethod
    def of(cls, entry: bytes) -> BallotEntry:
        """Read an entry.

        Raises:
            EntryFaulty: it is not a ballot, or a part has the wrong length.
        """
        kind, _, body = entry.partition(b"\n")
        stratum, _, parts = body.partition(b"\n")
        if kind.decode("ascii", "replace") != BALLOT or len(parts) != DIGEST + RANDOM + SIGNATURE:
            raise EntryFaulty("this entry is not a ballot")
        try:
            code = stratum.decode()
        except UnicodeDecodeError:
            raise EntryFaulty("the stratum of a ballot cannot be read") from None
        random_end = DIGEST + RANDOM
        return cls(code, parts[:DIGEST], parts[DIGEST:random_end], parts[random_end:])

    def prepared(self, round_code: str) -> bytes:
        """Return what the signature is over (P3)."""
        return self.random + encoding.message_of_digest(round_code, self.stratum, self.digest)


def invite_hash(round_code: str, key_stratum: str, code: str) -> bytes:
    """Return the hash of an invitation that the commitment to invitations holds, 32 bytes (P15).

    Raises:
        AmbiguousCode: the code of the round or the stratum holds a separator.
    """
    encoding.refuse_separators(round_code, key_stratum)
    text = f"espi/invite/v1\0{round_code}\0{key_stratum}\0{code}"
    return sha256(text.encode()).digest()


def joined(hashes: Iterable[bytes]) -> bytes:
    """Return hashes as a file of the record: ascending, one after the other."""
    return b"".join(sorted(hashes))


def separated(content: bytes) -> list[bytes]:
    """Return the hashes of a file of the record.

    Raises:
        EntryFaulty: the last is cut off, they do not ascend, or one stands twice.
    """
    hashes = [content[at : at + DIGEST] for at in range(0, len(content), DIGEST)]
    if len(content) % DIGEST or any(a >= b for a, b in pairwise(hashes)):
        raise EntryFaulty("the hashes are not ascending, or not whole")
    return hashes
