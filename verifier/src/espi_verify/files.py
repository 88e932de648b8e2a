"""The folder of a record: where its files stand and how they are read: P12."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from espi_verify.errors import Unusable, Wrong
from espi_verify.tree import HASH, TILE_HEIGHT

TILE = 256
LENGTH = 2
LARGEST_BUNDLE = TILE * (LENGTH + 0xFFFF)
BLOCK = HASH * 4096
ENTRIES = "entries"
LISTS, LIST_SUFFIX = "names", ".bin"  # names/<stratum>.bin: what respondents look in
PARTIAL = re.compile(r"(entries|[0-9]{1,2})/((?:x[0-9]{3}/)*[0-9]{3})\.p/([1-9][0-9]{0,2})")


def tile_path(level: int | str, number: int, width: int = TILE) -> str:
    """Return where a tile stands, as tlog-tiles writes it."""
    parts = [f"{number % 1000:03}"]
    while number := number // 1000:
        parts.insert(0, f"x{number % 1000:03}")
    suffix = "" if width == TILE else f".p/{width}"
    return f"tile/{level}/{'/'.join(parts)}{suffix}"


def tiles(level: int, size: int) -> Iterator[tuple[int, int]]:
    """Yield number and width of the tiles of a level, in a tree of a size."""
    hashes = size >> (TILE_HEIGHT * level)
    for number in range(hashes // TILE):
        yield number, TILE
    if hashes % TILE:
        yield hashes // TILE, hashes % TILE


def levels(size: int) -> int:
    """Return how many levels of tiles a tree of a size has."""
    return (max(size.bit_length(), 1) + TILE_HEIGHT - 1) // TILE_HEIGHT if size else 0


class NotRegular(OSError):
    """What stands there is a pipe, a device or a socket: reading it might never end."""


def open_regular(path: Path) -> BufferedReader:
    """Open a regular file, and nothing else; a pipe nobody writes to is not waited for.

    Raises:
        NotRegular: it is none.
        IsADirectoryError: it is a folder.
        OSError: it cannot be opened.
    """
    place = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    mode = os.fstat(place).st_mode
    if stat.S_ISREG(mode):
        return os.fdopen(place, "rb")
    os.close(place)
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(f"{path} is a folder")
    raise NotRegular(f"{path} is not a regular file")


def read_within(path: Path, shown: str, most: int) -> bytes:
    """Return a file of at most so many bytes.

    Raises:
        Wrong: it is not there or is larger.
        Unusable: it cannot be read.
    """
    try:
        with open_regular(path) as file:
            content = file.read(most + 1)
    except NotRegular:
        raise Wrong("a file", shown, "expected a regular file, it is none") from None
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        raise Wrong("a file", shown, "expected a file, there is none") from None
    except OSError as error:
        raise Unusable(f"{shown} cannot be read: {error.strerror or error}") from None
    if len(content) > most:
        raise Wrong("a file", shown, f"expected at most {most} bytes, there are more")
    return content


def split_bundle(content: bytes, first: int, shown: str) -> Iterator[bytes]:
    """Yield the entries of a bundle, each after its length.

    Raises:
        Wrong: the last one is cut off.
    """
    place, number = 0, first
    while place < len(content):
        start = place + LENGTH
        place = start + int.from_bytes(content[place:start], "big")
        if place > len(content) or start > len(content):
            raise Wrong(f"entry {number}", shown, "it is cut off: the file ends before it does")
        yield content[start:place]
        number += 1


class Record:
    """The files of a record in a folder."""

    def __init__(self, folder: Path) -> None:
        """Name the folder.

        Raises:
            Unusable: it holds no record.
        """
        self.folder = folder
        if not folder.is_dir():
            raise Unusable(f"{folder} is not a folder")
        if not any((folder / name).exists() for name in ("checkpoint", "keys.json", "tile")):
            raise Unusable(f"{folder} holds no record: no checkpoint, no keys.json, no tile")

    def has(self, name: str) -> bool:
        """Return whether a file is there."""
        return (self.folder / name).exists()

    def read(self, name: str, most: int) -> bytes:
        """Return a file of at most so many bytes."""
        return read_within(self.folder / name, name, most)

    def tile(self, level: int, number: int, width: int) -> bytes:
        """Return the hashes of a tile.

        Raises:
            Wrong: it is not there or not as long as it must be.
        """
        name = tile_path(level, number, width)
        content = self.read(name, TILE * HASH)
        if len(content) != width * HASH:
            raise Wrong("a tile", name, f"expected {width * HASH} bytes, there are {len(content)}")
        return content

    def bundle(self, number: int, width: int) -> Iterator[bytes]:
        """Yield the entries of a bundle."""
        name = tile_path(ENTRIES, number, width)
        yield from split_bundle(self.read(name, LARGEST_BUNDLE), number * TILE, name)

    def entries(self, size: int) -> Iterator[bytes]:
        """Yield all entries of a record whose bundles were already checked."""
        for number, width in tiles(0, size):
            yield from self.bundle(number, width)

    def checkpoint_names(self) -> list[str]:
        """Return what stands in the folder of checkpoints."""
        try:
            return sorted(path.name for path in (self.folder / "checkpoints").iterdir())
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise Unusable(f"checkpoints cannot be read: {error.strerror}") from None

    def list_names(self) -> list[str]:
        """Return the lists for respondents that are there, sorted, whatever they are called.

        A file that a publication cut off half-way left behind ends otherwise and is no list.
        """
        paths = (self.folder / LISTS).rglob(f"*{LIST_SUFFIX}")
        return sorted(path.relative_to(self.folder).as_posix() for path in paths)

    def hashes(self, name: str) -> Iterator[bytes]:
        """Yield the hashes of a file of hashes.

        Raises:
            Wrong: it is not there or ends within a hash.
        """
        path = self.folder / name
        if not path.is_file():
            raise Wrong("a file", name, "expected a file, there is none")
        with open_regular(path) as file:
            number = 0
            while block := file.read(BLOCK):
                for place in range(0, len(block), HASH):
                    hash_ = block[place : place + HASH]
                    if len(hash_) < HASH:
                        raise Wrong(f"hash {number}", name, "it is cut off: the file ends in it")
                    yield hash_
                    number += 1

    def other_tiles(self, size: int) -> Iterator[str]:
        """Yield the files under ``tile`` that a record of a size does not need."""
        needed = {tile_path(ENTRIES, number, width) for number, width in tiles(0, size)}
        for level in range(levels(size)):
            needed.update(tile_path(level, number, width) for number, width in tiles(level, size))
        for path in sorted((self.folder / "tile").rglob("*")):
            name = path.relative_to(self.folder).as_posix()
            if path.is_file() and name not in needed:
                yield name
