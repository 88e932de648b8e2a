"""Entries and tiles: item 2 of P17."""

from __future__ import annotations

from espi_verify.errors import Wrong
from espi_verify.files import (
    ENTRIES,
    LARGEST_BUNDLE,
    LENGTH,
    PARTIAL,
    TILE,
    Record,
    levels,
    tile_path,
    tiles,
)
from espi_verify.history import NEWEST, History
from espi_verify.notes import Checkpoint
from espi_verify.tree import HASH, TILE_HEIGHT, GrowingTree, leaf


def check_tiles(record: Record, newest: Checkpoint, sizes: set[int]) -> History:
    """Check entries, tiles and root: item 2.

    Args:
        record: the folder.
        newest: its checkpoint.
        sizes: how many entries the roots are wanted for.

    Raises:
        Wrong: an entry, a tile or the root is not as it must be.
    """
    history = History(newest)
    upper = UpperTiles(record, newest.size)
    tree = GrowingTree(upper.add)
    for number, width in tiles(0, newest.size):
        tile = record.tile(0, number, width)
        for leaf_hash in _leaves(record, number, width, tile):
            tree.append(leaf_hash)
            if tree.size in sizes:
                history.roots[tree.size] = tree.root()
    upper.finish()
    history.roots[newest.size] = tree.root()
    if tree.root() != newest.root:
        raise Wrong(
            f"the root of the {newest.size} entries",
            NEWEST,
            f"expected {newest.root.hex()} as signed, they give {tree.root().hex()}",
        )
    return history


def _leaves(record: Record, number: int, width: int, tile: bytes) -> list[bytes]:
    """Return the leaf hashes of a tile, after hashing each entry of its bundle.

    Raises:
        Wrong: an entry has another hash, or there are more or fewer entries.
    """
    shown = tile_path(ENTRIES, number, width)
    leaves: list[bytes] = []
    for at, entry in enumerate(record.bundle(number, width)):
        expected = tile[at * HASH : at * HASH + HASH]
        if not expected:
            raise Wrong("a bundle of entries", shown, f"expected {width} entries, there are more")
        if leaf(entry) != expected:
            raise Wrong(
                f"entry {number * TILE + at}",
                shown,
                f"expected the hash {expected.hex()} of its leaf in "
                f"{tile_path(0, number, width)}, it is {leaf(entry).hex()}",
            )
        leaves.append(expected)
    if len(leaves) < width:
        raise Wrong(
            "a bundle of entries", shown, f"expected {width} entries, there are {len(leaves)}"
        )
    return leaves


class UpperTiles:
    """Compares the tiles above the leaves with what the tiles below them give."""

    def __init__(self, record: Record, size: int) -> None:
        """Start at the first tile of each level."""
        self._record = record
        self._hashes: dict[int, list[bytes]] = {level: [] for level in range(1, levels(size))}
        self._next = dict.fromkeys(self._hashes, 0)

    def add(self, level: int, tile_hash: bytes) -> None:
        """Take the hash of a full tile of the level below."""
        self._hashes[level].append(tile_hash)
        if len(self._hashes[level]) == TILE:
            self._compare(level)

    def finish(self) -> None:
        """Compare the tiles that are not full."""
        for level, hashes in self._hashes.items():
            if hashes:
                self._compare(level)

    def _compare(self, level: int) -> None:
        hashes, number = self._hashes[level], self._next[level]
        tile = self._record.tile(level, number, len(hashes))
        for at, expected in enumerate(hashes):
            if (actual := tile[at * HASH : at * HASH + HASH]) != expected:
                raise Wrong(
                    f"hash {at}",
                    tile_path(level, number, len(hashes)),
                    f"expected {expected.hex()} as the tile below gives, it is {actual.hex()}",
                )
        hashes.clear()
        self._next[level] += 1


def check_old_tiles(record: Record, size: int) -> tuple[int, int]:
    """Compare the tiles of older checkpoints that are still there with the newest ones.

    Returns:
        How many were compared, and how many files belong to no checkpoint.

    Raises:
        Wrong: an older tile is not the beginning of the newest.
    """
    compared = unknown = 0
    for name in record.other_tiles(size):
        newest = _newest_of(name, size)
        if newest is None:
            unknown += 1
            continue
        content = record.read(name, LARGEST_BUNDLE)
        whole = record.read(newest[0], LARGEST_BUNDLE)
        if content != _beginning(whole, newest[1], entries=f"/{ENTRIES}/" in name):
            raise Wrong("an older tile", name, f"expected the beginning of {newest[0]}")
        compared += 1
    return compared, unknown


def _newest_of(name: str, size: int) -> tuple[str, int] | None:
    match = PARTIAL.fullmatch(name.removeprefix("tile/"))
    if not match:
        return None
    level = match[1] if match[1] == ENTRIES else int(match[1])
    number = int(match[2].replace("x", "").replace("/", ""))
    hashes = size >> (TILE_HEIGHT * level) if isinstance(level, int) else size
    width = min(TILE, hashes - number * TILE)
    if int(match[3]) >= width or tile_path(level, number, int(match[3])) != name:
        return None
    return tile_path(level, number, width), int(match[3])


def _beginning(whole: bytes, width: int, *, entries: bool) -> bytes:
    if not entries:
        return whole[: width * HASH]
    end = 0
    for _entry in range(width):
        end += LENGTH + int.from_bytes(whole[end : end + LENGTH], "big")
    return whole[:end]
