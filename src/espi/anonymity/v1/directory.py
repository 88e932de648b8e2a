"""The directory that the log begins with: round, key strata, invitations; and proofs about it.

Source: docs/protocol/record.md, P14 and P15.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, Self

from espi.anonymity.v1 import encoding, entries, statements, tree, wire
from espi.anonymity.v1.entries import EntryFaulty
from espi.anonymity.v1.wire import Json

PROTOCOL = 1  # the version that the round entry names
FEWEST = 3  # entries of a directory: round, one stratum, invitations


@dataclass(frozen=True, slots=True)
class RoundEntry:
    """The rules of a wave, and the keys of everybody who vouches for something.

    Attributes:
        level: L1 to L3, how far the roles are apart.
        minimum: how many ballots are published together at least.
        election_key: the trustees' public key as JWK; ballots are sealed to it.
        log: the log's verifier key.
        witnesses: theirs, of which ``quorum`` must sign.
        signer: the verifier key of the signer's closing statement.
        booth: SHA-256 of script and style, hexadecimal.
        ceremony: SHA-256 of the transcript of the key ceremony, hexadecimal, or "".
        strata: how many stratum entries follow; ``Directory.of`` counts them.
    """

    kind: ClassVar[str] = entries.ROUND
    round_code: str
    level: str
    minimum: int
    election_key: Mapping[str, str]
    log: str
    witnesses: tuple[str, ...]
    quorum: int
    signer: str
    booth: str
    ceremony: str
    strata: int = 0

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {
            "round": self.round_code,
            "protocol": PROTOCOL,
            "level": self.level,
            "minimum": self.minimum,
            "election_key": dict(self.election_key),
            "log": self.log,
            "witnesses": list(self.witnesses),
            "quorum": self.quorum,
            "signer": self.signer,
            "booth": self.booth,
            "ceremony": self.ceremony,
            "strata": self.strata,
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            round_code=wire.text(content, "round"),
            level=wire.text(content, "level"),
            minimum=wire.count(content, "minimum"),
            election_key=wire.public_key(content, "election_key"),
            log=wire.text(content, "log"),
            witnesses=wire.texts(content, "witnesses"),
            quorum=wire.count(content, "quorum"),
            signer=wire.text(content, "signer"),
            booth=wire.text(content, "booth"),
            ceremony=wire.text(content, "ceremony"),
            strata=wire.count(content, "strata"),
        )


@dataclass(frozen=True, slots=True)
class StratumEntry:
    """A key stratum: who shares a signing key, and which.

    Attributes:
        parent: the next wider group that it would have joined, had it been too small, or "".
        group: the respondent group.
        invited: how many people.
        key: the public signing key, DER in base64.
        merges: codes of the sampling strata whose people sign under this key.
    """

    kind: ClassVar[str] = entries.STRATUM
    round_code: str
    stratum: str
    parent: str
    group: str
    invited: int
    key: str
    merges: tuple[str, ...]

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {
            "round": self.round_code,
            "stratum": self.stratum,
            "parent": self.parent,
            "group": self.group,
            "invited": self.invited,
            "key": self.key,
            "merges": list(self.merges),
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            round_code=wire.text(content, "round"),
            stratum=wire.text(content, "stratum"),
            parent=wire.text(content, "parent"),
            group=wire.text(content, "group"),
            invited=wire.count(content, "invited"),
            key=wire.text(content, "key"),
            merges=wire.texts(content, "merges"),
        )


@dataclass(frozen=True, slots=True)
class InvitationsEntry:
    """What fixes all invitations of a wave; its kind on the wire is "frame".

    Attributes:
        invitations: how many.
        root: of the tree over their hashes, 32 bytes.
        lists: SHA-256 of the commitment to population lists and draw, hexadecimal, or "".
    """

    kind: ClassVar[str] = entries.FRAME
    round_code: str
    invitations: int
    root: bytes
    lists: str

    def to_json(self) -> dict[str, object]:
        """Return the object of the entry."""
        return {
            "round": self.round_code,
            "invitations": self.invitations,
            "root": encoding.to_base64(self.root),
            "lists": self.lists,
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the object of an entry.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            round_code=wire.text(content, "round"),
            invitations=wire.count(content, "invitations"),
            root=wire.base64(content, "root"),
            lists=wire.text(content, "lists"),
        )


@dataclass(frozen=True, slots=True)
class EntryProof:
    """An entry of the log, with what shows that it is in the tree.

    Attributes:
        path: the neighbours on the way to the root.
    """

    index: int
    entry: bytes
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, object]:
        """Return the proof as the booth reads it."""
        return {
            "index": self.index,
            "entry": self.entry.decode(),
            "proof": [encoding.to_text(node) for node in self.path],
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read a proof.

        Raises:
            ValueError: a part is missing, or is not what it should be.
        """
        return cls(
            index=wire.count(content, "index"),
            entry=wire.text(content, "entry").encode(),
            path=tuple(encoding.from_text(node) for node in wire.texts(content, "proof")),
        )

    def holds(self, root: bytes, size: int) -> bool:
        """Say whether the entry stands in a tree of ``size`` entries with this root."""
        leaf = tree.leaf_hash(self.entry)
        return tree.includes(root, size, self.index, leaf, self.path)


@dataclass(frozen=True)
class Directory:
    """The entries of the first checkpoint, in their order: round, strata, invitations."""

    written: tuple[bytes, ...]

    @classmethod
    def of(
        cls, round_entry: RoundEntry, strata: Iterable[StratumEntry], invitations: InvitationsEntry
    ) -> Self:
        """Write the entries; strata are counted, and sorted by code."""
        ordered = sorted(strata, key=lambda entry: entry.stratum)
        return cls(
            (
                statements.to_entry(replace(round_entry, strata=len(ordered))),
                *map(statements.to_entry, ordered),
                statements.to_entry(invitations),
            )
        )

    @classmethod
    def read(cls, texts: Sequence[str]) -> Self:
        """Read entries that were written as text, and check that they are a directory.

        Raises:
            EntryFaulty: an entry is missing, doubled, out of order, or of another round.
        """
        directory = cls(tuple(text.encode() for text in texts))
        if len(texts) < FEWEST:
            raise EntryFaulty("a directory has a round, strata and a frame")
        strata = directory.strata
        if len(strata) + 2 != len(texts) or directory.round.strata != len(strata):
            raise EntryFaulty("strata of the directory are missing or doubled")
        rounds = {stratum.round_code for stratum in strata.values()}
        if rounds != {directory.round.round_code} or rounds != {directory.invitations.round_code}:
            raise EntryFaulty("the directory speaks of several rounds")
        if any(a >= b for a, b in pairwise(strata)):
            raise EntryFaulty("the strata of the directory are not in order")
        return directory

    @property
    def texts(self) -> list[str]:
        """The entries as text, as they travel in JSON."""
        return [entry.decode() for entry in self.written]

    @cached_property
    def round(self) -> RoundEntry:
        """The first entry."""
        return statements.from_entry(RoundEntry, self.written[0])

    @cached_property
    def strata(self) -> dict[str, StratumEntry]:
        """The entries of the key strata, by code."""
        strata = (statements.from_entry(StratumEntry, entry) for entry in self.written[1:-1])
        return {stratum.stratum: stratum for stratum in strata}

    @cached_property
    def invitations(self) -> InvitationsEntry:
        """The last entry."""
        return statements.from_entry(InvitationsEntry, self.written[-1])

    @cached_property
    def leaves(self) -> list[bytes]:
        """The leaf hashes."""
        return [tree.leaf_hash(entry) for entry in self.written]

    @property
    def size(self) -> int:
        """How many entries; the size of the first checkpoint."""
        return len(self.written)

    @cached_property
    def root(self) -> bytes:
        """The root that is compiled into the page."""
        return tree.root_of(self.leaves)

    def proof(self, index: int) -> EntryProof:
        """Return an entry with the proof that it is one of these."""
        path = tree.inclusion_proof(self.leaves, index)
        return EntryProof(index, self.written[index], tuple(path))

    def index_of(self, stratum: str) -> int:
        """Return where a stratum's entry stands.

        Raises:
            EntryFaulty: the directory has no such stratum.
        """
        try:
            return 1 + list(self.strata).index(stratum)
        except ValueError:
            raise EntryFaulty(f"the directory has no stratum {stratum}") from None
