"""What the statements of the public log say. Their names on the wire stand here and nowhere else.

Source: docs/protocol/record.md, P14 and P16.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol, Self, TypeVar

from espi.anonymity.v1 import encoding, entries, wire
from espi.anonymity.v1.entries import EntryFaulty
from espi.anonymity.v1.wire import Json, PartFaulty


class Statement(Protocol):
    """What an entry of the log says in JSON."""

    kind: ClassVar[str]

    @property
    def round_code(self) -> str:
        """The code of the wave."""
        ...

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        ...

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        ...


S = TypeVar("S", bound=Statement)


def to_entry(statement: Statement) -> bytes:
    """Return a statement as an entry of the log."""
    return entries.statement(statement.kind, statement.to_json())


def from_entry(kind: type[S], entry: bytes) -> S:
    """Read an entry that must be a statement of the class ``kind``.

    Raises:
        EntryFaulty: it is of another kind, or a part of it is not what it should be.
    """
    try:
        return kind.from_json(entries.body_of(entry, kind.kind))
    except PartFaulty as error:
        raise EntryFaulty(f"{kind.kind}: {error}") from None


@dataclass(frozen=True, slots=True)
class PageStatement:
    """Which files the booth serves.

    Attributes:
        files: SHA-256 by path, hexadecimal.
    """

    kind: ClassVar[str] = entries.PAGE
    round_code: str
    files: Mapping[str, str]

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {"round": self.round_code, "files": dict(self.files)}

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        files = wire.member(content, "files")
        return cls(wire.text(content, "round"), {path: wire.text(files, path) for path in files})


@dataclass(frozen=True, slots=True)
class PlantedStatement:
    """An auditor's commitment to planted answers.

    Attributes:
        commitment: SHA-256 over salt and answers, hexadecimal.
        count: how many answers.
    """

    kind: ClassVar[str] = entries.PLANTED
    round_code: str
    commitment: str
    count: int

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {"round": self.round_code, "commitment": self.commitment, "count": self.count}

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            round_code=wire.text(content, "round"),
            commitment=wire.sha256_hex(content, "commitment"),
            count=wire.count(content, "count", 1),
        )


@dataclass(frozen=True, slots=True)
class SmallStatement:
    """The key strata that gathered fewer ballots than may be shown, and what commits to these.

    Attributes:
        strata: their codes.
        ballots: how many in all; None where that, too, is fewer than the minimum.
        root: of the tree over the digests of their ballots, 32 bytes.
    """

    kind: ClassVar[str] = entries.SMALL
    round_code: str
    strata: tuple[str, ...]
    ballots: int | None
    root: bytes

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {
            "round": self.round_code,
            "strata": list(self.strata),
            "ballots": self.ballots,
            "root": encoding.to_base64(self.root),
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            round_code=wire.text(content, "round"),
            strata=wire.texts(content, "strata"),
            ballots=None if content.get("ballots") is None else wire.count(content, "ballots"),
            root=wire.base64(content, "root"),
        )


@dataclass(frozen=True, slots=True)
class OpeningStatement:
    """The counts of an opening, and the digests of what it wrote.

    Attributes:
        ballots: how many the box held; the sum of opened, spoiled and those found planted.
        planted: how many answers auditors had committed to.
        planted_found: how many of these came out.
        extract: SHA-256 of the file of records, hexadecimal.
        transcript: SHA-256 of the transcript, hexadecimal.
    """

    kind: ClassVar[str] = entries.OPENING
    round_code: str
    ballots: int
    opened: int
    spoiled: int
    planted: int
    planted_found: int
    extract: str
    transcript: str

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {
            "round": self.round_code,
            "ballots": self.ballots,
            "opened": self.opened,
            "spoiled": self.spoiled,
            "planted": {"count": self.planted, "found": self.planted_found},
            "extract": self.extract,
            "transcript": self.transcript,
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry, or of the file that an opening writes, which holds more.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        planted = wire.member(content, "planted")
        return cls(
            round_code=wire.text(content, "round"),
            ballots=wire.count(content, "ballots"),
            opened=wire.count(content, "opened"),
            spoiled=wire.count(content, "spoiled"),
            planted=wire.count(planted, "count"),
            planted_found=wire.count(planted, "found"),
            extract=wire.sha256_hex(content, "extract"),
            transcript=wire.sha256_hex(content, "transcript"),
        )
