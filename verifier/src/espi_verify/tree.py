"""The Merkle tree of P11 (RFC 9162, section 2.1), built in one pass."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

HASH = 32
TILE_HEIGHT = 8
EMPTY_ROOT = sha256(b"").digest()


def leaf(content: bytes) -> bytes:
    """Return the hash of an entry."""
    return sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """Return the hash of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def root_of(contents: Iterable[bytes]) -> bytes:
    """Return the root over some entries."""
    tree = GrowingTree()
    for content in contents:
        tree.append(leaf(content))
    return tree.root()


class GrowingTree:
    """A tree of which only the peaks are kept: one hash for each binary digit of its size."""

    def __init__(self, on_tile: Callable[[int, bytes], None] | None = None) -> None:
        """Start empty.

        Args:
            on_tile: called with level and hash whenever a full tile below that level is done.
        """
        self.size = 0
        self._peaks: list[bytes] = []
        self._on_tile = on_tile

    def append(self, leaf_hash: bytes) -> None:
        """Add the hash of the next leaf."""
        peak, digits, height = leaf_hash, self.size, 0
        while digits & 1:
            peak = node(self._peaks.pop(), peak)
            digits >>= 1
            height += 1
            if self._on_tile and height % TILE_HEIGHT == 0:
                self._on_tile(height // TILE_HEIGHT, peak)
        self._peaks.append(peak)
        self.size += 1

    def root(self) -> bytes:
        """Return the root of what was added so far."""
        if not self._peaks:
            return EMPTY_ROOT
        result = self._peaks[-1]
        for peak in reversed(self._peaks[:-1]):
            result = node(peak, result)
        return result


def is_consistent(old: tuple[int, bytes], new: tuple[int, bytes], proof: Sequence[bytes]) -> bool:
    """Return whether a proof shows that the new tree extends the old one.

    Args:
        old: size and root of the smaller tree.
        new: size and root of the larger tree.
        proof: RFC 9162, section 2.1.4; empty where both are the same size or the old one is empty.
    """
    (old_size, old_root), (new_size, new_root) = old, new
    if old_size > new_size:
        return False
    if old_size == new_size:
        return not proof and old_root == new_root
    if old_size == 0:
        return not proof and old_root == EMPTY_ROOT
    path = list(proof)
    if old_size & (old_size - 1) == 0:
        path.insert(0, old_root)
    return bool(path) and _walk(old_size - 1, new_size - 1, path) == (old_root, new_root)


def _walk(first: int, second: int, path: list[bytes]) -> tuple[bytes, bytes] | None:
    while first & 1:
        first, second = first >> 1, second >> 1
    old = new = path[0]
    for neighbour in path[1:]:
        if second == 0:
            return None
        if first & 1 or first == second:
            old, new = node(neighbour, old), node(neighbour, new)
            while first and not first & 1:
                first, second = first >> 1, second >> 1
        else:
            new = node(new, neighbour)
        first, second = first >> 1, second >> 1
    return (old, new) if second == 0 else None
