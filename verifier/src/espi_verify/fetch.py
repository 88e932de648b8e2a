"""Fetches a record from its address into a folder."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPException
from itertools import islice
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import quote, urlsplit
from urllib.request import urlopen

from espi_verify.directory import BALLOT, STRATUM
from espi_verify.documents import is_path
from espi_verify.entries import split_entry
from espi_verify.errors import Malformed, Unusable, Wrong
from espi_verify.files import ENTRIES, LARGEST_BUNDLE, Record, levels, tile_path, tiles
from espi_verify.lists import names_of
from espi_verify.notes import DECIMAL, LONGEST, read_checkpoint

SECONDS = 60
AT_ONCE = 64
TIMES = 3
PIECE = 1 << 20
LARGEST_LIST = 1 << 34
LINK = re.compile(r"""href\s*=\s*["']?(?:\./)?([0-9]+)["'\s>]""")
LISTS = ("frame.bin", "used.bin", "small.bin")
GONE = (404, 410)


def is_address(text: str) -> bool:
    """Return whether a text is an address and not a folder."""
    return urlsplit(text).scheme in ("http", "https")


def fetch_record(address: str, folder: Path) -> None:
    """Fetch the files of a record; those that are not there stay away.

    A log may grow while it is fetched: then all is fetched again, until nothing moves.

    Raises:
        Unusable: the server does not answer, does not list its checkpoints, or grows all the time.
    """
    base = address.rstrip("/") + "/"
    for _time in range(TIMES):
        _fetch_once(base, folder)
        before = folder / "checkpoint"
        if not before.exists() or _read(base, "checkpoint") == before.read_bytes():
            return
        shutil.rmtree(folder)
    raise Unusable(f"{base} grew {TIMES} times while it was fetched: try again later")


def _fetch_once(base: str, folder: Path) -> None:
    for name in ("keys.json", "checkpoint"):
        _fetch(base, name, folder, LONGEST)
    for name in LISTS:
        _fetch(base, name, folder, LARGEST_LIST)
    if not (folder / "checkpoint").exists():
        return
    for name in _listed(base):
        _fetch(base, f"checkpoints/{name}", folder, LONGEST)
    try:
        size = read_checkpoint((folder / "checkpoint").read_bytes()).size
    except Malformed:
        return
    _fetch_tiles(base, size, folder)
    for code in _strata(folder, size):
        _fetch(base, names_of(quote(code)), folder, LARGEST_LIST, names_of(code))


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


def _fetch_tiles(base: str, size: int, folder: Path) -> None:
    for level in [ENTRIES, *range(levels(size))]:
        numbers = tiles(level if isinstance(level, int) else 0, size)
        names = (tile_path(level, number, width) for number, width in numbers)
        with ThreadPoolExecutor(8) as threads:
            while some := list(islice(names, AT_ONCE)):
                if not all(threads.map(lambda name: _fetch_tile(base, name, folder), some)):
                    break


def _fetch_tile(base: str, name: str, folder: Path) -> bool:
    return _fetch(base, name, folder, LARGEST_BUNDLE)


def _listed(base: str) -> Iterable[str]:
    content = _read(base, "checkpoints/")
    if content is None:
        raise Unusable(f"{base}checkpoints/ does not list the checkpoints: copy the folder instead")
    text = content.decode(errors="replace")
    plain = [line.strip() for line in text.splitlines()]
    return sorted({one for one in [*LINK.findall(text), *plain] if DECIMAL.fullmatch(one)})


def _read(base: str, name: str) -> bytes | None:
    pieces = list(_pieces(base + name, LARGEST_BUNDLE))
    return b"".join(pieces) if pieces else None


def _fetch(base: str, name: str, folder: Path, most: int, to: str = "") -> bool:
    path = folder / (to or name)
    try:
        pieces = _pieces(base + name, most)
        first = next(pieces, None)
        if first is None:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            file.write(first)
            file.writelines(pieces)
    except OSError as error:
        raise Unusable(f"{base}{name}: {error}") from None
    return True


def _pieces(address: str, most: int) -> Iterator[bytes]:
    """Yield the content in pieces, an empty one first; nothing where there is no such file."""
    try:
        with urlopen(address, timeout=SECONDS) as answer:  # noqa: S310 - http or https, see above
            yield b""
            while most >= 0 and (piece := answer.read(PIECE)):
                most -= len(piece)
                yield piece
    except HTTPError as error:
        error.close()
        if error.code not in GONE:
            raise Unusable(f"{address}: {error}") from None
    except (OSError, HTTPException, ValueError) as error:
        raise Unusable(f"{address}: {error}") from None
