"""The opening of the log: round, key directory, commitment to invitations; and proofs about it.

Source: docs/protocol/record.md, P14 and P15.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

from espi.anonymity.v1 import encoding, entries, tree
from espi.anonymity.v1.entries import EntryFaulty
from espi.anonymity.v1.tree import HASH_LENGTH
from espi.minimum_cell import MINIMUM_CELL


@dataclass(frozen=True)
class Directory:
    """The entries of the first checkpoint, in their order: round, strata, frame."""

    written: tuple[bytes, ...]

    @classmethod
    def of(
        cls,
        round_: Mapping[str, Any],
        strata: Iterable[Mapping[str, Any]],
        frame: Mapping[str, Any],
    ) -> Directory:
        """Write the entries; strata are sorted by code."""
        ordered = sorted(strata, key=lambda one: str(one["stratum"]))
        return cls(
            (
                entries.statement(entries.ROUND, {**round_, "strata": len(ordered)}),
                *(entries.statement(entries.STRATUM, one) for one in ordered),
                entries.statement(entries.FRAME, frame),
            )
        )

    @classmethod
    def read(cls, texts: Sequence[str]) -> Directory:
        """Read entries that were written as text, and check that they are a directory.

        Raises:
            EntryFaulty: an entry is missing, doubled, out of order, or of another round.
        """
        found = cls(tuple(text.encode() for text in texts))
        if len(texts) < 3:  # noqa: PLR2004 a round, a stratum, a frame
            raise EntryFaulty("a directory has a round, strata and a frame")
        bodies = [found.round, *found.strata.values(), found.frame]
        if len(bodies) != len(texts) or found.round.get("strata") != len(found.strata):
            raise EntryFaulty("strata of the directory are missing or doubled")
        if len({body.get("round") for body in bodies}) != 1:
            raise EntryFaulty("the directory speaks of several rounds")
        if any(a >= b for a, b in pairwise(found.strata)):
            raise EntryFaulty("the strata of the directory are not in order")
        return found

    @property
    def texts(self) -> list[str]:
        """The entries as text, as they travel in JSON."""
        return [entry.decode() for entry in self.written]

    @cached_property
    def round(self) -> dict[str, Any]:
        """What the round entry says."""
        return entries.body_of(self.written[0], entries.ROUND)

    @cached_property
    def strata(self) -> dict[str, dict[str, Any]]:
        """What the stratum entries say, by code."""
        bodies = [entries.body_of(entry, entries.STRATUM) for entry in self.written[1:-1]]
        return {str(body.get("stratum")): body for body in bodies}

    @cached_property
    def frame(self) -> dict[str, Any]:
        """What the frame entry says."""
        return entries.body_of(self.written[-1], entries.FRAME)

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

    def proof(self, index: int) -> dict[str, Any]:
        """Return an entry with the proof that it is one of these, as the booth reads it."""
        path = tree.inclusion_proof(self.leaves, index)
        return {
            "index": index,
            "entry": self.written[index].decode(),
            "proof": [encoding.to_text(node) for node in path],
        }

    def index_of(self, stratum: str) -> int:
        """Return where a stratum's entry stands.

        Raises:
            EntryFaulty: the directory has no such stratum.
        """
        try:
            return 1 + list(self.strata).index(stratum)
        except ValueError:
            raise EntryFaulty(f"the directory has no stratum {stratum}") from None


@dataclass(frozen=True, slots=True)
class Frame:
    """The commitment to all invitations, as two files: the hashes, and the tree over them.

    Three million invitations are a hundred megabytes: a proof is read by a few looks into the
    files, and nothing is held in memory.
    """

    folder: Path

    @property
    def hashes(self) -> Path:
        """The file of the record: hashes, ascending."""
        return self.folder / "frame.bin"

    @property
    def nodes(self) -> Path:
        """Every layer of the tree, from the leaves up to the root."""
        return self.folder / "frame.tree"

    def write(self, hashes: Iterable[bytes]) -> bytes:
        """Write both files, and return the root, 32 bytes."""
        ordered = sorted(set(hashes))
        found = tree.layers([tree.leaf_hash(one) for one in ordered])
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hashes.write_bytes(b"".join(ordered))
        with self.nodes.open("wb") as file:
            for layer in found:
                file.writelines(layer)
        return tree.root(ordered)

    @property
    def count(self) -> int:
        """How many invitations."""
        return self.hashes.stat().st_size // HASH_LENGTH

    def proof(self, wanted: bytes) -> dict[str, Any]:
        """Return the place of a hash and the proof that it is included.

        Raises:
            NotInTree: it was not committed to.
        """
        count = self.count
        index = self._find(wanted, count)
        path, at, start, width = [], index, 0, count
        with self.nodes.open("rb") as file:
            while width > 1:
                if at ^ 1 < width:
                    path.append(_read(file, start + (at ^ 1)))
                start, at, width = start + width, at >> 1, (width + 1) >> 1
        return {"index": index, "size": count, "proof": [encoding.to_text(node) for node in path]}

    def _find(self, wanted: bytes, count: int) -> int:
        low, high = 0, count
        with self.hashes.open("rb") as file:
            while low < high:
                middle = (low + high) // 2
                here = _read(file, middle)
                if here == wanted:
                    return middle
                low, high = (middle + 1, high) if here < wanted else (low, middle)
        raise tree.NotInTree


def _read(file: Any, index: int) -> bytes:
    file.seek(index * HASH_LENGTH)
    found: bytes = file.read(HASH_LENGTH)
    return found


def frame_entry(round_code: str, *, count: int, root: bytes, lists: str) -> dict[str, Any]:
    """Return what the frame entry says (P14)."""
    return {
        "round": round_code,
        "invitations": count,
        "root": base64.b64encode(root).decode("ascii"),
        "lists": lists,
    }


@dataclass(frozen=True, slots=True)
class Anchor:
    """The root that is compiled into the page, and the size of the log it is of."""

    root: bytes
    size: int


class NotPublished(Exception):
    """What was told is not shown to be the same for everybody: nothing is asked, nothing sent."""


def check_invitation(
    anchor: Anchor, config: Mapping[str, Any], invitation: Mapping[str, Any], code: str
) -> bytes:
    """Return the one key that a ballot may be signed with, as DER, after the checks of P15.

    Args:
        anchor: from the page.
        config: what the booth publishes, with its ``round_entry``.
        invitation: what the registry says a code is for, with its ``proofs``.
        code: the personal code.

    Raises:
        NotPublished: a proof is missing or wrong, or the group is too small.
    """
    try:
        return _checked(anchor, config, invitation, code)
    except (KeyError, TypeError, ValueError) as error:
        raise NotPublished(str(error)) from None


def _checked(
    anchor: Anchor, config: Mapping[str, Any], invitation: Mapping[str, Any], code: str
) -> bytes:
    proofs, stratum = invitation["proofs"], str(invitation["key_stratum"])
    said = _proved(anchor, config["round_entry"], entries.ROUND)
    group = _proved(anchor, proofs["stratum"], entries.STRATUM)
    frame = _proved(anchor, proofs["frame"], entries.FRAME)
    _insist(config["round_entry"]["index"] == 0 and proofs["frame"]["index"] == anchor.size - 1)
    _insist(all(said[name] == config[name] for name in ("round", "level", "election_key")))
    _insist(group["stratum"] == stratum and group["round"] == frame["round"] == said["round"])
    # Fewer people never share a key, whatever minimum a server names.
    _insist(int(group["invited"]) >= max(MINIMUM_CELL, int(said["minimum"])))
    place = proofs["invitation"]
    mine = tree.leaf_hash(entries.invite_hash(str(said["round"]), stratum, code))
    path = [encoding.from_text(node) for node in place["proof"]]
    root = encoding.from_base64(frame["root"])
    _insist(tree.includes(root, int(frame["invitations"]), int(place["index"]), mine, path))
    return encoding.from_base64(group["key"])


def _proved(anchor: Anchor, given: Mapping[str, Any], kind: str) -> dict[str, Any]:
    entry, index = str(given["entry"]).encode(), int(given["index"])
    path = [encoding.from_text(node) for node in given["proof"]]
    _insist(tree.includes(anchor.root, anchor.size, index, tree.leaf_hash(entry), path))
    return entries.body_of(entry, kind)


def _insist(right: bool) -> None:  # noqa: FBT001 it is the whole question
    if not right:
        raise NotPublished
