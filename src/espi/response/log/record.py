"""The record: the log and what belongs to it as static files, for everybody (P12)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from espi.anonymity.v1 import notes, tiles
from espi.atomic_files import PUBLIC, write_atomically
from espi.canonical_json import canonical_json
from espi.response.log.models import Log
from espi.response.log.queries import directory_in, is_witnessed, leaves_of, published_note


def folder_of(wave_code: str) -> Path:
    """Return the folder of a wave's record."""
    return Path(settings.STORAGE) / "record" / wave_code


def publish(log: Log) -> int:
    """Bring the files up to the newest checkpoint that its witnesses signed; return its size.

    That checkpoint is written last: whatever stops this half-way, the files of the checkpoint
    before stand, and it can be repeated. Returns 0 where no checkpoint has its witnesses yet.
    """
    folder, round_entry = folder_of(log.wave.code), directory_in(log).round
    # Two are enough: a log grows only from a checkpoint that its witnesses signed.
    latest = log.checkpoints.order_by("-size")[:2]
    newest = next(
        (checkpoint for checkpoint in latest if is_witnessed(checkpoint, round_entry)), None
    )
    if newest is None:
        return 0
    since = _published_size(folder)
    leaves = leaves_of(log, newest.size)
    for path, content in tiles.hash_tiles(leaves, since):
        write(folder / path, content)
    for path, content in _bundles(log, since // tiles.WIDTH * tiles.WIDTH, newest.size):
        write(folder / path, content)
    write(folder / "keys.json", canonical_json(_keys(log)).encode())
    for checkpoint in log.checkpoints.filter(size__range=(min(since, newest.size), newest.size)):
        write(folder / "checkpoints" / str(checkpoint.size), published_note(checkpoint).encode())
    write(folder / "checkpoint", published_note(newest).encode())
    return newest.size


def write(path: Path, content: bytes) -> None:
    """Write a file whole or not at all; a file with this content already is left as it is."""
    if path.exists() and path.read_bytes() == content:
        return
    write_atomically(path, content, mode=PUBLIC)


def _published_size(folder: Path) -> int:
    """Return the size of the checkpoint that is published, 0 where there is none."""
    try:
        note = notes.Note.of((folder / "checkpoint").read_text("utf-8"))
        return notes.Checkpoint.of(note.text).size
    except (OSError, notes.NoteFaulty):
        return 0


def _bundles(log: Log, first: int, size: int) -> Iterator[tuple[str, bytes]]:
    """Yield the bundles from entry ``first`` on, reading a few thousand entries at a time."""
    step = 16 * tiles.WIDTH
    for start in range(first, size, step):
        rows = log.entries.filter(index__gte=start, index__lt=min(start + step, size))
        data = list(map(bytes, rows.order_by("index").values_list("data", flat=True)))
        yield from tiles.entry_bundles(data, start)


def _keys(log: Log) -> dict[str, object]:
    """Return the content of ``keys.json`` (P12)."""
    round_entry = directory_in(log).round
    return {
        "format": "espi/v1/record-keys",
        "round": round_entry.round_code,
        "origin": log.origin,
        "log": round_entry.log,
        "witnesses": list(round_entry.witnesses),
        "quorum": round_entry.quorum,
        "signer": round_entry.signer,
    }
