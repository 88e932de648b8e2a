"""Signed notes, checkpoints, and the cosignatures of witnesses.

Source: docs/protocol/record.md, P13; https://c2sp.org/signed-note, tlog-checkpoint and
tlog-cosignature.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from espi.anonymity.v1.tree import HASH_LENGTH

SIGNS, COSIGNS = 1, 4  # types of signed notes
TIME = 8  # bytes before a cosignature
DAY = 86_400  # seconds; a cosignature names the midnight of its day


class NoteFaulty(ValueError):
    """The text is not a note, or not signed by whom it should be."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A name and a key that signs notes, or cosigns checkpoints.

    Attributes:
        type: ``SIGNS`` or ``COSIGNS``.
        public: 32 bytes, Ed25519.
    """

    name: str
    type: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """Four bytes by which a signature line names its key."""
        return sha256(f"{self.name}\n".encode() + bytes([self.type]) + self.public).digest()[:4]

    def __str__(self) -> str:
        material = base64.b64encode(bytes([self.type]) + self.public).decode()
        return f"{self.name}+{self.key_id.hex()}+{material}"

    @classmethod
    def of(cls, text: str) -> Verifier:
        """Read ``name+id+key``.

        Raises:
            NoteFaulty: the text is no such key, or its id is not that of the key.
        """
        name, _, id_and_key = text.strip().partition("+")
        try:
            key_id, _, material = id_and_key.partition("+")
            data = base64.b64decode(material, validate=True)
            verifier = cls(name, data[0], data[1:])
            Ed25519PublicKey.from_public_bytes(verifier.public)
        except (ValueError, IndexError) as error:
            raise NoteFaulty(f"{text[:80]!r} is no verifier key: {error}") from None
        if not name or verifier.type not in {SIGNS, COSIGNS} or verifier.key_id.hex() != key_id:
            raise NoteFaulty(f"{text[:80]!r} is no verifier key: its parts do not fit")
        return verifier

    def has_signed(self, text: str, signature: bytes) -> bool:
        """Say whether the signature (after its key id) is this key's, over this text."""
        signed = text.encode()
        if self.type == COSIGNS:
            time = int.from_bytes(signature[:TIME], "big")
            signed, signature = f"cosignature/v1\ntime {time}\n".encode() + signed, signature[TIME:]
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Note:
    """A text and the lines of its signatures: name, key id, signature."""

    text: str
    lines: tuple[tuple[str, bytes, bytes], ...]

    @classmethod
    def of(cls, written: str) -> Note:
        """Read a note; its signatures are not verified.

        Raises:
            NoteFaulty: the text is no note, or a signature line cannot be read.
        """
        text, blank, signatures = written.rpartition("\n\n")
        if not blank or not signatures.endswith("\n"):
            raise NoteFaulty("it is not a signed note")
        return cls(text + "\n", tuple(map(_line, signatures[:-1].split("\n"))))

    def is_signed_by(self, verifier: Verifier) -> bool:
        """Say whether one of the lines is a valid signature of this key."""
        own = (verifier.name, verifier.key_id)
        return any(
            verifier.has_signed(self.text, signature)
            for name, key_id, signature in self.lines
            if (name, key_id) == own
        )

    def times_of(self, verifier: Verifier) -> list[int]:
        """Return the times in a witness's signatures, in seconds since 1970; none is verified."""
        own = (verifier.name, verifier.key_id)
        return [
            int.from_bytes(signature[:TIME], "big")
            for name, key_id, signature in self.lines
            if (name, key_id) == own
        ]


def _line(line: str) -> tuple[str, bytes, bytes]:
    """Return name, key id and signature of a signature line.

    Raises:
        NoteFaulty: the line is none.
    """
    dash, _, name_and_data = line.partition(" ")
    name, _, encoded = name_and_data.partition(" ")
    try:
        data = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        data = b""
    if dash != "—" or not name or len(data) < 5:  # noqa: PLR2004 an id and something signed
        raise NoteFaulty("a signature line cannot be read")
    return name, data[:4], data[4:]


def verifier_of(key: Ed25519PrivateKey, name: str, kind: int = SIGNS) -> Verifier:
    """Return the public half of a key under a name."""
    raw = serialization.Encoding.Raw, serialization.PublicFormat.Raw
    return Verifier(name, kind, key.public_key().public_bytes(*raw))


def sign(text: str, key: Ed25519PrivateKey, name: str) -> str:
    """Return a note: the text, and one signature under ``name``.

    Raises:
        NoteFaulty: the text does not end with a line break.
    """
    if not text.endswith("\n"):
        raise NoteFaulty("a note ends with a line break")
    data = verifier_of(key, name).key_id + key.sign(text.encode())
    return f"{text}\n— {name} {base64.b64encode(data).decode()}\n"


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log at one moment: how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """What is signed: three lines."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def of(cls, text: str) -> Checkpoint:
        """Read the text of a note.

        Raises:
            NoteFaulty: it is not a checkpoint of three lines.
        """
        try:
            origin, size, root, end = text.split("\n")
            checkpoint = cls(origin, int(size), base64.b64decode(root, validate=True))
        except ValueError:
            raise NoteFaulty("it is not a checkpoint") from None
        # One text for one checkpoint: "07" and "7" are the same size in two spellings.
        if (
            end
            or checkpoint.text != text
            or checkpoint.size < 0
            or len(checkpoint.root) != HASH_LENGTH
        ):
            raise NoteFaulty("it is not a checkpoint")
        return checkpoint


def with_cosignatures(note: str, lines: Iterable[str]) -> str:
    """Return a checkpoint with the lines of witnesses after its own signature."""
    return note + "".join(f"{line}\n" for line in lines)
