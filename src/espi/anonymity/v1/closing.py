"""The signer's closing statement: how many signatures it gave, and for which invitations.

Source: docs/protocol/record.md, P16.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Self

from espi.anonymity.v1 import encoding, entries, notes, wire
from espi.anonymity.v1.wire import Json, PartFaulty
from espi.canonical_json import canonical_json


@dataclass(frozen=True, slots=True)
class IssuedGroup:
    """Signatures that are counted together.

    Attributes:
        strata: numbers of the key strata in the directory, from 1: two thousand codes would not fit
            an entry.
    """

    strata: tuple[int, ...]
    signatures: int


@dataclass(frozen=True, slots=True)
class ClosingStatement:
    """What the signer says when it has destroyed its keys.

    Attributes:
        used: how many invitations got their signature.
        used_root: of the tree over their hashes, 32 bytes.
        destroyed: how many keys were there to be destroyed.
    """

    round_code: str
    issued: tuple[IssuedGroup, ...]
    used: int
    used_root: bytes
    destroyed: int

    def to_json(self) -> dict[str, object]:
        """Return the object of the statement."""
        return {
            "round": self.round_code,
            "issued": [[list(group.strata), group.signatures] for group in self.issued],
            "used": {"count": self.used, "root": encoding.to_base64(self.used_root)},
            "destroyed": self.destroyed,
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of the statement.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        used, issued = wire.member(content, "used"), content.get("issued")
        if not isinstance(issued, list):
            raise PartFaulty("issued: a list of groups was expected")
        return cls(
            round_code=wire.text(content, "round"),
            issued=tuple(map(_group, issued)),
            used=wire.count(used, "count"),
            used_root=wire.base64(used, "root"),
            destroyed=wire.count(content, "destroyed"),
        )

    def to_note_text(self) -> str:
        """Return what the signer signs: one line of JSON."""
        return canonical_json(self.to_json()) + "\n"


def _group(pair: object) -> IssuedGroup:
    """Read one group: the numbers of its strata, and its count."""
    match pair:
        case [list() as strata, int() as signatures]:
            numbers = tuple(number for number in strata if type(number) is int)
            if len(numbers) == len(strata) and type(signatures) is int:  # no true, no 1.5
                return IssuedGroup(numbers, signatures)
    raise PartFaulty("issued: each group has numbers of strata, and a count")


def read_closing(note: str, signer: str) -> ClosingStatement | None:
    """Return what a closing note says, or nothing where this signer did not sign it.

    Args:
        note: a signed note.
        signer: the verifier key that the round entry names.

    Raises:
        NoteFaulty: it is not a note, or the key is none.
        PartFaulty: its text is not a statement.
    """
    signed = notes.Note.of(note)
    if not signed.is_signed_by(notes.Verifier.of(signer)):
        return None
    try:
        content = json.loads(signed.text)
    except ValueError as error:
        raise PartFaulty(str(error)) from None
    if not isinstance(content, dict):
        raise PartFaulty("the statement is no object")
    return ClosingStatement.from_json(content)


def to_closing_entry(note: str) -> bytes:
    """Return a closing note as an entry of the log."""
    return f"{entries.CLOSING}\n{note}".encode()


def closing_note_of(entry: bytes) -> str:
    """Return the note in a closing entry.

    Raises:
        ValueError: it is not text.
    """
    return entry.partition(b"\n")[2].decode()
