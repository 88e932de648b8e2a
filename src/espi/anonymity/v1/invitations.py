"""The commitment to all invitations of a wave, and proofs that one is among them.

Source: docs/protocol/record.md, P15.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

from espi.anonymity.v1 import encoding, tree, wire
from espi.anonymity.v1.tree import HASH_LENGTH
from espi.anonymity.v1.wire import Json


@dataclass(frozen=True, slots=True)
class InvitationProof:
    """What shows that an invitation is among those committed to.

    Attributes:
        index: its place among the hashes, which ascend.
        size: how many there are.
        path: the neighbours on the way to the root.
    """

    index: int
    size: int
    path: tuple[bytes, ...]

    def to_json(self) -> dict[str, object]:
        """Return the proof as the booth reads it."""
        return {
            "index": self.index,
            "size": self.size,
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
            size=wire.count(content, "size"),
            path=tuple(encoding.from_text(node) for node in wire.texts(content, "proof")),
        )


@dataclass(frozen=True, slots=True)
class InvitationCommitment:
    """The hashes of all invitations, and the tree over them, as two files.

    Three million invitations are a hundred megabytes: a proof is read by a few looks into the
    files, and nothing is held in memory.
    """

    folder: Path

    @property
    def hashes(self) -> Path:
        """The file of the record: hashes, ascending. Its name is the protocol's (P12)."""
        return self.folder / "frame.bin"

    @property
    def nodes(self) -> Path:
        """Every layer of the tree, from the leaves up to the root."""
        return self.folder / "frame.tree"

    def write(self, hashes: Iterable[bytes]) -> bytes:
        """Write both files, and return the root, 32 bytes."""
        ordered = sorted(set(hashes))
        layers = tree.layers([tree.leaf_hash(invitation) for invitation in ordered])
        self.folder.mkdir(parents=True, exist_ok=True)
        self.hashes.write_bytes(b"".join(ordered))
        with self.nodes.open("wb") as file:
            for layer in layers:
                file.writelines(layer)
        return tree.root(ordered)

    @property
    def count(self) -> int:
        """How many invitations."""
        return self.hashes.stat().st_size // HASH_LENGTH

    def proof(self, invitation: bytes) -> InvitationProof:
        """Return the place of a hash and the proof that it is included.

        Raises:
            NotInTree: it was not committed to.
        """
        count = self.count
        index = self._find(invitation, count)
        path, at, start, width = [], index, 0, count
        with self.nodes.open("rb") as file:
            while width > 1:
                if at ^ 1 < width:
                    path.append(_read(file, start + (at ^ 1)))
                start, at, width = start + width, at >> 1, (width + 1) >> 1
        return InvitationProof(index, count, tuple(path))

    def _find(self, invitation: bytes, count: int) -> int:
        """Return the place of a hash among ``count`` that ascend."""
        low, high = 0, count
        with self.hashes.open("rb") as file:
            while low < high:
                middle = (low + high) // 2
                candidate = _read(file, middle)
                if candidate == invitation:
                    return middle
                low, high = (middle + 1, high) if candidate < invitation else (low, middle)
        raise tree.NotInTree


def _read(file: BinaryIO, index: int) -> bytes:
    """Return one hash of a file of hashes."""
    file.seek(index * HASH_LENGTH)
    return file.read(HASH_LENGTH)
