"""The record: the log and what belongs to it as static files, for everybody (P12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from espi.anonymity.v1 import notes, tiles
from espi.atomic_files import PUBLIC, write_atomically
from espi.canonical_json import canonical_json
from espi.response.log.actions import directory_in, is_witnessed, leaves_of
from espi.response.log.models import Log
from espi.response.log.witnesses import written


def folder_of(wave_code: str) -> Path:
    """Return the folder of a wave's record."""
    return Path(settings.STORAGE) / "record" / wave_code


def publish(log: Log) -> int:
    """Bring the files up to the newest checkpoint that its witnesses signed; return its size.

    That checkpoint is written last: whatever stops it half-way, the files of the one before stand,
    and it can be repeated. Returns 0 where no checkpoint has its witnesses yet.
    """
    folder, said = folder_of(log.wave.code), directory_in(log).round
    signed = [one for one in log.checkpoints.order_by("-size")[:2] if is_witnessed(one, said)]
    if not signed:
        return 0
    newest = signed[0]
    since = _published_size(folder)
    leaves = leaves_of(log, newest.size)
    for path, content in tiles.hash_tiles(leaves, since):
        write(folder / path, content)
    for path, content in _bundles(log, since // tiles.WIDTH * tiles.WIDTH, newest.size):
        write(folder / path, content)
    write(folder / "keys.json", canonical_json(_keys(log)).encode())
    for checkpoint in log.checkpoints.filter(size__range=(min(since, newest.size), newest.size)):
        write(folder / "checkpoints" / str(checkpoint.size), written(checkpoint).encode())
    write(folder / "checkpoint", written(newest).encode())
    return newest.size


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; what is there already is left as it is."""
    if path.exists() and path.read_bytes() == content:
        return
    write_atomically(path, content, mode=PUBLIC)


def _published_size(folder: Path) -> int:
    try:
        note = notes.Note.of((folder / "checkpoint").read_text("utf-8"))
        return notes.Checkpoint.of(note.text).size
    except (OSError, notes.NoteFaulty):
        return 0


def _bundles(log: Log, first: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the bundles from entry ``first`` on, a few thousand entries at a time."""
    step = 16 * tiles.WIDTH
    for start in range(first, size, step):
        rows = log.entries.filter(index__gte=start, index__lt=min(start + step, size))
        data = [bytes(one) for one in rows.order_by("index").values_list("data", flat=True)]
        yield from tiles.entry_bundles(data, start)


def _keys(log: Log) -> dict[str, object]:
    said = directory_in(log).round
    return {
        "format": "espi/v1/record-keys",
        "round": said["round"],
        "origin": log.origin,
        "log": said["log"],
        "witnesses": said["witnesses"],
        "quorum": said["quorum"],
        "signer": said["signer"],
    }
