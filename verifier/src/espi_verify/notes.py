"""Signed notes, verifier keys, checkpoints and cosignatures: P13."""

from __future__ import annotations

import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from time import time as now

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from espi_verify.errors import Malformed
from espi_verify.tree import HASH

ED25519, COSIGNATURE = 0x01, 0x04
KEY_ID, TIME = 4, 8
DAY = 86_400
FIRST_DAY = 20_089 * DAY  # 2025-01-01: no log of this protocol is older
LONGEST = 1 << 18
MOST_SIGNATURES = 256
CHECKPOINT_LINES = 3
LARGEST = (1 << 63) - 1
DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")
VKEY = re.compile(r"([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/=]+)")
DASH = "\u2014 "


@dataclass(frozen=True, slots=True)
class Key:
    """A key that notes are signed with."""

    text: str
    name: str
    key_id: bytes
    kind: int
    public: bytes

    def signed(self, signature: bytes, text: bytes) -> bool:
        """Return whether the key signed a text."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, text)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the signatures below it: name, key id and what follows."""

    text: bytes
    signatures: tuple[tuple[str, bytes, bytes], ...]

    def of(self, key: Key) -> list[bytes]:
        """Return the signatures that say they are of a key."""
        return [
            signature
            for name, key_id, signature in self.signatures
            if name == key.name and key_id == key.key_id
        ]


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: so many entries, this root."""

    origin: str
    size: int
    root: bytes
    note: Note


def read_base64(text: str) -> bytes:
    """Return the bytes of an ordinary base64 text with padding, in its only spelling."""
    try:
        content = b64decode(text, validate=True)
    except ValueError:
        raise Malformed(f"{text[:60]!r} is not base64") from None
    if b64encode(content).decode() != text:
        raise Malformed(f"{text[:60]!r} is not base64 as it is written once")
    return content


def read_size(text: str) -> int:
    """Return a number in decimal without leading zeroes."""
    if not DECIMAL.fullmatch(text) or int(text) > LARGEST:
        raise Malformed(f"{text[:30]!r} is not a size in decimal")
    return int(text)


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """Return the first four bytes that name a key."""
    return sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:KEY_ID]


def write_key(name: str, kind: int, public: bytes) -> str:
    """Return the vkey of a name and a public key."""
    content = b64encode(bytes([kind]) + public).decode()
    return f"{name}+{key_id(name, kind, public).hex()}+{content}"


def read_key(text: str, kind: int) -> Key:
    """Return the key a vkey writes down.

    Raises:
        Malformed: it is not a vkey, of another type, or its id is not that of its key.
    """
    match = VKEY.fullmatch(text)
    if not match:
        raise Malformed(f"{text[:80]!r} is not a vkey")
    name, written_id, encoded = match.groups()
    content = read_base64(encoded)
    if len(content) != HASH + 1 or content[0] != kind:
        raise Malformed(f"{text[:80]!r} is not an Ed25519 key of type {kind}")
    if key_id(name, kind, content[1:]).hex() != written_id:
        raise Malformed(f"the id in {text[:80]!r} is not that of its key")
    return Key(text, name, bytes.fromhex(written_id), kind, content[1:])


def read_note(content: bytes) -> Note:
    """Return text and signatures of a signed note.

    Raises:
        Malformed: it is not one.
    """
    if len(content) > LONGEST:
        raise Malformed(f"a note of more than {LONGEST} bytes")
    try:
        whole = content.decode()
    except UnicodeDecodeError:
        raise Malformed("it is not UTF-8") from None
    if any(letter < " " and letter != "\n" for letter in whole):
        raise Malformed("it holds control characters")
    text, separator, below = whole.rpartition("\n\n")
    lines = below.split("\n")
    if not separator or not text or lines.pop() or not 0 < len(lines) <= MOST_SIGNATURES:
        raise Malformed("it is not a text, a blank line and signature lines")
    return Note((text + "\n").encode(), tuple(_signature(line) for line in lines))


def _signature(line: str) -> tuple[str, bytes, bytes]:
    name, space, encoded = line.removeprefix(DASH).partition(" ")
    if not line.startswith(DASH) or not name or not space or re.search(r"[\s+]", name):
        raise Malformed(f"{line[:80]!r} is not a signature line")
    content = read_base64(encoded)
    if len(content) <= KEY_ID:
        raise Malformed(f"{line[:80]!r} holds no signature")
    return name, content[:KEY_ID], content[KEY_ID:]


def read_checkpoint(content: bytes, *, extensions: bool = False) -> Checkpoint:
    """Return a checkpoint, its signatures not yet checked.

    Args:
        content: the signed note.
        extensions: whether more than three lines are let through, as tlog-checkpoint lets them.

    Raises:
        Malformed: it is not a checkpoint.
    """
    note = read_note(content)
    lines = note.text.decode().split("\n")[:-1]
    too_many = len(lines) > CHECKPOINT_LINES and not extensions
    if len(lines) < CHECKPOINT_LINES or too_many or not all(lines):
        raise Malformed("its text is not the three lines origin, size and root")
    root = read_base64(lines[2])
    if len(root) != HASH:
        raise Malformed(f"its root has {len(root)} bytes, not {HASH}")
    return Checkpoint(lines[0], read_size(lines[1]), root, note)


def check_signed(note: Note, key: Key) -> None:
    """Check that a key signed a note.

    Raises:
        Malformed: the key did not sign, or one of its signatures is not valid.
    """
    signatures = note.of(key)
    if not signatures:
        raise Malformed(f"expected a signature of {key.text}, there is none")
    if not all(key.signed(signature, note.text) for signature in signatures):
        raise Malformed(f"the signature of {key.text} is not valid")


def check_witnesses(note: Note, witnesses: Sequence[Key], quorum: int) -> int:
    """Return how many witnesses signed.

    Raises:
        Malformed: fewer than the quorum signed, or one of their signatures is not valid.
    """
    signed = 0
    for key in witnesses:
        signatures = note.of(key)
        for signature in signatures:
            _check_cosignature(key, signature, note.text)
        signed += bool(signatures)
    if signed < quorum:
        raise Malformed(f"expected {quorum} witnesses, {signed} of them signed")
    return signed


def cosigned_text(time: int, text: bytes) -> bytes:
    """Return what a witness signs."""
    return b"cosignature/v1\ntime %d\n" % time + text


def _check_cosignature(key: Key, signature: bytes, text: bytes) -> None:
    time = int.from_bytes(signature[:TIME], "big")
    if not key.signed(signature[TIME:], cosigned_text(time, text)):
        raise Malformed(f"the signature of the witness {key.text} is not valid")
    if time % DAY:
        raise Malformed(f"witness {key.name}: expected the time of a midnight UTC, it is {time}")
    tomorrow = (int(now()) // DAY + 1) * DAY  # a clock that differs a little is no fault
    if not FIRST_DAY <= time <= tomorrow:
        raise Malformed(
            f"witness {key.name}: expected a day from 2025 on, and not after tomorrow by the clock "
            f"of this computer ({FIRST_DAY} to {tomorrow}), it is {time}"
        )
