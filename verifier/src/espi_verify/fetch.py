"""Fetches a record from its address into a folder."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from http.client import HTTPException
from itertools import islice
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit

from espi_verify.directory import BALLOT, STRATUM
from espi_verify.documents import is_path
from espi_verify.entries import split_entry
from espi_verify.errors import Malformed, Unusable, Wrong
from espi_verify.files import ENTRIES, LARGEST_BUNDLE, Record, levels, tile_path, tiles
from espi_verify.lists import names_of
from espi_verify.notes import DECIMAL, LONGEST, read_checkpoint
from espi_verify.web import Budget, answering

AT_ONCE = 64
TIMES = 3
LARGEST_LIST = 1 << 30  # 33 million hashes
LINK = re.compile(r"""href\s*=\s*["']?(?:\./)?([0-9]+)["'\s>]""")
LISTS = ("frame.bin", "used.bin", "small.bin")
GONE = (404, 410)


@dataclass(frozen=True, slots=True)
class Server:
    """Where a record is, and how much of it may still be fetched."""

    base: str
    budget: Budget = field(default_factory=Budget)


def is_address(text: str) -> bool:
    """Return whether a text is an address and not a folder."""
    return urlsplit(text).scheme in ("http", "https")


def fetch_record(address: str, folder: Path) -> None:
    """Fetch the files of a record; those that are not there stay away.

    A log may grow while it is fetched: then all is fetched again, until nothing moves.

    Raises:
        Unusable: the server does not answer in time or breaks off, does not list its checkpoints,
            or grows all the time.
    """
    server = Server(address.rstrip("/") + "/")
    for _time in range(TIMES):
        _fetch_once(server, folder)
        before = folder / "checkpoint"
        if not before.exists() or _read(server, "checkpoint") == before.read_bytes():
            return
        shutil.rmtree(folder)
    raise Unusable(f"{server.base} grew {TIMES} times while it was fetched: try again later")


def _fetch_once(server: Server, folder: Path) -> None:
    for name in ("keys.json", "checkpoint"):
        _fetch(server, name, folder, LONGEST)
    for name in LISTS:
        _fetch(server, name, folder, LARGEST_LIST)
    if not (folder / "checkpoint").exists():
        return
    for name in _listed(server):
        _fetch(server, f"checkpoints/{name}", folder, LONGEST)
    try:
        size = read_checkpoint((folder / "checkpoint").read_bytes()).size
    except Malformed:
        return
    _fetch_tiles(server, size, folder)
    for code in _strata(folder, size):
        _fetch(server, names_of(quote(code)), folder, LARGEST_LIST, names_of(code))


def _strata(folder: Path, size: int) -> list[str]:
    """Return the strata that the entries name, as far as they can be read."""
    codes = []
    try:
        for entry in Record(folder).entries(size):
            kind, body = split_entry(entry)
            if kind == BALLOT:
                break
            if kind == STRATUM and is_path(code := str(json.loads(body)["stratum"])):
                codes.append(code)
    except (Wrong, Malformed, ValueError, KeyError, TypeError):
        return []  # what is wrong with the entries is said later, with its place
    return codes


def _fetch_tiles(server: Server, size: int, folder: Path) -> None:
    for level in [ENTRIES, *range(levels(size))]:
        numbers = tiles(level if isinstance(level, int) else 0, size)
        names = (tile_path(level, number, width) for number, width in numbers)
        with ThreadPoolExecutor(8) as threads:
            while some := list(islice(names, AT_ONCE)):
                if not all(threads.map(lambda name: _fetch_tile(server, name, folder), some)):
                    break


def _fetch_tile(server: Server, name: str, folder: Path) -> bool:
    return _fetch(server, name, folder, LARGEST_BUNDLE)


def _listed(server: Server) -> Iterable[str]:
    content = _read(server, "checkpoints/")
    if content is None:
        raise Unusable(
            f"{server.base}checkpoints/ does not list the checkpoints: copy the folder instead"
        )
    text = content.decode(errors="replace")
    plain = [line.strip() for line in text.splitlines()]
    return sorted({size for size in [*LINK.findall(text), *plain] if DECIMAL.fullmatch(size)})


def _read(server: Server, name: str) -> bytes | None:
    pieces = list(_pieces(server, name, LARGEST_BUNDLE))
    return b"".join(pieces) if pieces else None


def _fetch(server: Server, name: str, folder: Path, most: int, to: str = "") -> bool:
    path = folder / (to or name)
    try:
        pieces = _pieces(server, name, most)
        first = next(pieces, None)
        if first is None:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(first)
            file.writelines(pieces)
    except OSError as error:
        raise Unusable(f"{server.base}{name}: {error}") from None
    return True


def _pieces(server: Server, name: str, most: int) -> Iterator[bytes]:
    """Yield the content in pieces, an empty one first; nothing where there is no such file."""
    address = server.base + name
    try:
        with answering(address, server.budget) as answer:
            yield b""
            for piece in answer.pieces():
                most -= len(piece)
                yield piece
                if most < 0:
                    break
    except HTTPError as error:
        error.close()
        if error.code not in GONE:
            raise Unusable(f"{address}: {error}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unusable(f"{address}: {error}") from None
