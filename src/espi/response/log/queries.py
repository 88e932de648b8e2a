"""Reads of the log."""

from __future__ import annotations

from espi.anonymity.v1 import notes
from espi.anonymity.v1.directory import Directory, RoundEntry
from espi.design.models import Wave
from espi.response.log.errors import LogNotOpen
from espi.response.log.models import Checkpoint, Log


def log_of(wave: Wave) -> Log:
    """Return the log of a wave.

    Raises:
        LogNotOpen: it has none yet.
    """
    log = Log.objects.filter(wave=wave).first()
    if log is None:
        raise LogNotOpen(wave=wave.code)
    return log


def directory_in(log: Log) -> Directory:
    """Return the directory that a log begins with."""
    rows = log.entries.filter(index__lt=log.directory_size).order_by("index")
    return Directory(tuple(bytes(data) for data in rows.values_list("data", flat=True)))


def leaves_of(log: Log, size: int | None = None) -> list[bytes]:
    """Return the leaf hashes of a log, or of its first ``size`` entries."""
    rows = log.entries.order_by("index").values_list("leaf", flat=True)
    return [bytes(leaf) for leaf in (rows if size is None else rows[:size]).iterator()]


def newest_of(log: Log) -> Checkpoint:
    """Return the newest checkpoint of a log."""
    newest = log.checkpoints.order_by("-size").first()
    assert newest is not None  # noqa: S101 a log begins with a checkpoint
    return newest


def published_note(checkpoint: Checkpoint) -> str:
    """Return a checkpoint as it is published: text, the log's signature, the witnesses'."""
    return notes.with_cosignatures(checkpoint.note, checkpoint.cosignatures)


def is_witnessed(checkpoint: Checkpoint, round_entry: RoundEntry) -> bool:
    """Say whether as many witnesses signed a checkpoint as the round entry asks for."""
    note = notes.Note.of(published_note(checkpoint))
    signed = [key for key in round_entry.witnesses if note.is_signed_by(notes.Verifier.of(key))]
    return len(signed) >= round_entry.quorum
