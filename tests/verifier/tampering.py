"""Changes to the files of a record, after everybody signed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.verifier.record import Wave

BUNDLE, TILE = "tile/entries/000.p/61", "tile/0/000.p/61"


def entries_of(folder: Path) -> list[bytes]:
    content, entries, place = (folder / BUNDLE).read_bytes(), [], 0
    while place < len(content):
        start = place + 2
        place = start + int.from_bytes(content[place:start], "big")
        entries.append(content[start:place])
    return entries


def put_entries(folder: Path, entries: list[bytes]) -> None:
    content = b"".join(len(one).to_bytes(2, "big") + one for one in entries)
    (folder / BUNDLE).write_bytes(content)


def altered(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def flip(name: str, place: int) -> Callable[[Path, Wave], None]:
    def tamper(folder: Path, wave: Wave) -> None:
        (folder / name).write_bytes(altered((folder / name).read_bytes(), place))

    return tamper
