"""A tree and its entries as static files: tlog-tiles.

Source: docs/protocol/record.md, P12; https://c2sp.org/tlog-tiles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from espi.anonymity.v1.tree import root_of

WIDTH = 256  # hashes of a full tile
LONGEST = 0xFFFF  # bytes of an entry


class EntryTooLong(ValueError):
    """An entry has more than 65,535 bytes."""


def path(level: int | str, index: int, width: int = WIDTH) -> str:
    """Return where a tile lies: ``tile/0/x001/x234/067`` or ``tile/0/000.p/70``."""
    groups = [f"{index % 1000:03}"]
    while index := index // 1000:
        groups.insert(0, f"x{index % 1000:03}")
    return f"tile/{level}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def hash_tiles(leaves: Sequence[bytes], since: int = 0) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of each tile that is new since the tree had ``since`` leaves."""
    level, layer, earlier = 0, leaves, since
    while layer:
        for start in range(earlier // WIDTH * WIDTH, len(layer), WIDTH):
            tile = layer[start : start + WIDTH]
            yield path(level, start // WIDTH, len(tile)), b"".join(tile)
        full = range(0, len(layer) - WIDTH + 1, WIDTH)
        layer = [root_of(layer[start : start + WIDTH]) for start in full]
        level, earlier = level + 1, earlier // WIDTH


def entry_bundles(entries: Sequence[bytes], first: int) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of the bundles that hold ``entries``; the first begins a bundle.

    Args:
        entries: from entry number ``first`` to the last of the log.
        first: a multiple of 256.

    Raises:
        EntryTooLong: an entry does not fit the format.
    """
    for start in range(0, len(entries), WIDTH):
        bundle = entries[start : start + WIDTH]
        if any(len(entry) > LONGEST for entry in bundle):
            raise EntryTooLong
        content = b"".join(len(entry).to_bytes(2, "big") + entry for entry in bundle)
        yield path("entries", (first + start) // WIDTH, len(bundle)), content
