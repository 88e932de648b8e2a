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
        said = record.tile(0, number, width)
        for one in _leaves(record, number, width, said):
            tree.append(one)
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


def _leaves(record: Record, number: int, width: int, said: bytes) -> list[bytes]:
    shown = tile_path(ENTRIES, number, width)
    leaves: list[bytes] = []
    for place, entry in enumerate(record.bundle(number, width)):
        expected = said[place * HASH : place * HASH + HASH]
        if not expected:
            raise Wrong("a bundle of entries", shown, f"expected {width} entries, there are more")
        if leaf(entry) != expected:
            raise Wrong(
                f"entry {number * TILE + place}",
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

    def add(self, level: int, one: bytes) -> None:
        """Take the hash of a full tile of the level below."""
        self._hashes[level].append(one)
        if len(self._hashes[level]) == TILE:
            self._compare(level)

    def finish(self) -> None:
        """Compare the tiles that are not full."""
        for level, hashes in self._hashes.items():
            if hashes:
                self._compare(level)

    def _compare(self, level: int) -> None:
        hashes, number = self._hashes[level], self._next[level]
        said = self._record.tile(level, number, len(hashes))
        for place, one in enumerate(hashes):
            if (found := said[place * HASH : place * HASH + HASH]) != one:
                raise Wrong(
                    f"hash {place}",
                    tile_path(level, number, len(hashes)),
                    f"expected {one.hex()} as the tile below gives, it is {found.hex()}",
                )
        hashes.clear()
        self._next[level] += 1


def check_old_tiles(record: Record, size: int) -> tuple[int, int]:
    """Compare the tiles of older checkpoints that are still there with the newest ones.

    Returns:
        How many there were, and how many files belong to no checkpoint.

    Raises:
        Wrong: one is not the beginning of the newest.
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
    found = PARTIAL.fullmatch(name.removeprefix("tile/"))
    if not found:
        return None
    level = found[1] if found[1] == ENTRIES else int(found[1])
    number = int(found[2].replace("x", "").replace("/", ""))
    hashes = size >> (TILE_HEIGHT * level) if isinstance(level, int) else size
    width = min(TILE, hashes - number * TILE)
    if int(found[3]) >= width or tile_path(level, number, int(found[3])) != name:
        return None
    return tile_path(level, number, width), int(found[3])


def _beginning(whole: bytes, width: int, *, entries: bool) -> bytes:
    if not entries:
        return whole[: width * HASH]
    place = 0
    for _entry in range(width):
        place += LENGTH + int.from_bytes(whole[place : place + LENGTH], "big")
    return whole[:place]
