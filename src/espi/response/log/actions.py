"""Deeds upon the log: opening it, adding to it, closing it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.db.models.functions import Length

from espi.anonymity.v1 import entries, notes, tree
from espi.anonymity.v1.directory import Directory
from espi.anonymity.v1.entries import EntryFaulty
from espi.design.models import Wave
from espi.platform import audit
from espi.platform.audit import Actor
from espi.response.log.errors import (
    DirectoryDiffers,
    LogClosed,
    LogNotOpen,
    OutOfPlace,
    StatementFaulty,
    WitnessesMissing,
)
from espi.response.log.identity import log_key, origin_of, verifier_of
from espi.response.log.models import Checkpoint, Entry, Log

COUNT_DIGITS = 20  # by so much two entries with one commitment can differ in length


def log_of(wave: Wave) -> Log:
    """Return the log of a wave.

    Raises:
        LogNotOpen: it has none yet.
    """
    found = Log.objects.filter(wave=wave).first()
    if found is None:
        raise LogNotOpen(wave=wave.code)
    return found


def directory_in(log: Log) -> Directory:
    """Return the directory that a log begins with."""
    rows = log.entries.filter(index__lt=log.opening).order_by("index")
    return Directory(tuple(bytes(data) for data in rows.values_list("data", flat=True)))


@transaction.atomic
def open_log(*, wave: Wave, texts: Sequence[str], actor: Actor | str) -> Checkpoint:
    """Begin the log of a wave with its directory; the same directory again changes nothing.

    Raises:
        DirectoryDiffers: it is none, is of another wave or for another log, or another is logged.
    """
    try:
        directory = Directory.read(texts)
    except EntryFaulty as error:
        raise DirectoryDiffers(reason=error) from None
    found = Log.objects.filter(wave=wave).first()
    if found is not None:
        if directory_in(found) != directory:
            raise DirectoryDiffers(reason="another one was logged before, and stands")
        return found.checkpoints.get(size=found.opening)
    if directory.round["round"] != wave.code:
        raise DirectoryDiffers(reason=f"it is of the round {directory.round['round']}")
    if directory.round.get("log") != str(verifier_of(wave.code)):
        raise DirectoryDiffers(reason="it names another log; see: espi log key")
    _check_keys(wave, directory)
    _check_roles(directory)
    log = Log.objects.create(wave=wave, origin=origin_of(wave.code), opening=directory.size)
    audit.record(actor, "log.open", wave=wave.code, root=directory.root.hex())
    return append(log=log, fresh=directory.written)


def _check_keys(wave: Wave, directory: Directory) -> None:
    """The keys that the box verifies with must be those that everybody is shown.

    Where nobody is invited, none is shown and none used.
    """
    logged = {code: (said["key"], said["invited"]) for code, said in directory.strata.items()}
    used = wave.key_strata.filter(invited_count__gt=0)
    keys = used.values_list("code", "public_key", "invited_count")
    if {code: (key, invited) for code, key, invited in keys} != logged:
        raise DirectoryDiffers(reason="the keys of the box are not those of its entries")
    if directory.round["election_key"] != wave.election_key:
        raise DirectoryDiffers(reason="the trustees' key of the box is not that of its entries")


def _check_roles(directory: Directory) -> None:
    """Log, signer and each witness have a key of their own (P13): a quorum counts people."""
    said = directory.round
    try:
        named = [said["log"], said["signer"], *said["witnesses"]]
        keys = [notes.Verifier.of(text).public for text in named]
    except (notes.NoteFaulty, KeyError, TypeError) as error:
        raise DirectoryDiffers(reason=error) from None
    if len(set(keys)) < len(keys):
        raise DirectoryDiffers(
            reason="one key is there in two roles; log, signer and each witness need their own"
        )


@transaction.atomic
def append(*, log: Log, fresh: Sequence[bytes]) -> Checkpoint:
    """Add entries and sign the checkpoint over all; without entries, return the newest.

    Raises:
        OutOfPlace: one of them may not stand there; nothing was added.
        WitnessesMissing: too few witnesses signed the newest checkpoint; it would stay so for
            ever, because they sign no older one than they know.
    """
    locked = Log.objects.select_for_update().get(pk=log.pk)
    last = locked.entries.aggregate(last=Max("index"))["last"]
    first = 0 if last is None else last + 1
    if not fresh:
        return locked.checkpoints.get(size=first)
    if first:
        check_witnessed(locked)
        _check_place(locked, bytes(locked.entries.get(index=last).data), fresh)
    Entry.objects.bulk_create(
        (
            Entry(log=locked, index=index, data=data, leaf=tree.leaf_hash(data))
            for index, data in enumerate(fresh, start=first)
        ),
        batch_size=500,
    )
    leaves = leaves_of(locked)
    signed = notes.Checkpoint(locked.origin, len(leaves), tree.root_of(leaves))
    return Checkpoint.objects.create(
        log=locked,
        size=signed.size,
        root=signed.root,
        note=notes.sign(signed.text, log_key(), locked.origin),
    )


def newest_of(log: Log) -> Checkpoint:
    """Return the newest checkpoint of a log."""
    newest = log.checkpoints.order_by("-size").first()
    assert newest is not None  # noqa: S101 a log begins with a checkpoint
    return newest


def is_witnessed(checkpoint: Checkpoint, said: Mapping[str, Any]) -> bool:
    """Say whether as many witnesses signed a checkpoint as the round entry asks for."""
    note = notes.Note.of(notes.with_cosignatures(checkpoint.note, checkpoint.cosignatures))
    signed = [key for key in said["witnesses"] if note.is_signed_by(notes.Verifier.of(key))]
    return len(signed) >= int(said["quorum"])


def check_witnessed(log: Log) -> None:
    """Let a log grow only from a checkpoint that its witnesses signed.

    Raises:
        WitnessesMissing: too few did.
    """
    said = directory_in(log).round
    if not is_witnessed(newest_of(log), said):
        raise WitnessesMissing(wave=log.wave.code, quorum=said["quorum"])


def _check_place(log: Log, last: bytes, fresh: Sequence[bytes]) -> None:
    """What is in the log stays for ever: look first whether it may stand there (P14)."""
    if found := entries.misplaced(last, fresh):
        kind, before = found
        raise OutOfPlace(wave=log.wave.code, kind=kind, before=before)


def leaves_of(log: Log, size: int | None = None) -> list[bytes]:
    """Return the leaf hashes of a log, or of its first ``size`` entries."""
    rows = log.entries.order_by("index").values_list("leaf", flat=True)
    return [bytes(leaf) for leaf in (rows if size is None else rows[:size]).iterator()]


def add_statement(
    *, wave: Wave, kind: str, content: dict[str, Any], actor: Actor | str
) -> Checkpoint:
    """Add one statement about the wave; the very same one is not added twice.

    Raises:
        LogNotOpen: there is no log.
        StatementFaulty: planted answers are committed to as before, with another count.
    """
    log = log_of(wave)
    entry = entries.statement(kind, {"round": wave.code, **content})
    there = log.entries.filter(leaf=tree.leaf_hash(entry)).exists()
    if not there:
        if kind == entries.PLANTED:
            _check_new_commitment(log, content, len(entry))
        audit.record(actor, "log.add", wave=wave.code, kind=kind)
    return append(log=log, fresh=[] if there else [entry])


def _check_new_commitment(log: Log, content: Mapping[str, Any], length: int) -> None:
    """Refuse a commitment that is logged with another count: its answers would count twice.

    Only entries about as long as this one are read: the ballots, most of a log, are longer.
    """
    similar = log.entries.annotate(length=Length("data")).filter(
        length__gte=length - COUNT_DIGITS, length__lte=length + COUNT_DIGITS
    )
    for data in similar.values_list("data", flat=True).iterator():
        entry = bytes(data)
        if entries.kind_of(entry) != entries.PLANTED:
            continue
        before = entries.body_of(entry, entries.PLANTED)
        if before["commitment"] == content["commitment"]:
            reason = f"its commitment is logged already, with the count {before['count']}"
            raise StatementFaulty(file="planted.json", reason=reason)


@transaction.atomic
def close_log(
    *, wave: Wave, note: str, used: bytes, small: bytes | None, actor: Actor | str
) -> Checkpoint:
    """Add the signer's closing statement, and what commits to the strata too small to show.

    Args:
        wave: of which the box is closed.
        note: the statement, signed by the signer that the round entry names.
        used: the file of used invitations that it commits to.
        small: the entry about small strata, if there are any.
        actor: who does it.

    Raises:
        StatementFaulty: it is not this signer's, not of this wave, or the file is not its.
        LogClosed: another statement closed the log.
    """
    log = Log.objects.select_for_update().get(pk=log_of(wave).pk)
    said = check_statement(directory_in(log), note, used)
    entry = f"{entries.CLOSING}\n{note}".encode()
    if log.closed:
        if not log.entries.filter(leaf=tree.leaf_hash(entry)).exists():
            raise LogClosed(wave=wave.code)
        return append(log=log, fresh=[])
    log.closed = True
    log.save(update_fields=["closed"])
    audit.record(actor, "log.close", wave=wave.code, signatures=said["used"]["count"])
    return append(log=log, fresh=[entry, small] if small else [entry])


def check_statement(directory: Directory, note: str, used: bytes) -> dict[str, Any]:
    """Return what a signer's closing statement says, after looking whether it is one (P16).

    Raises:
        StatementFaulty: it is not.
    """
    name = "closing.note"
    try:
        signed = notes.Note.of(note)
        if not signed.is_signed_by(notes.Verifier.of(directory.round["signer"])):
            raise StatementFaulty(file=name, reason="the signer of this wave did not sign it")
        said: dict[str, Any] = json.loads(signed.text)
        hashes = entries.separated(used)
        root, count = said["used"]["root"], said["used"]["count"]
        numbers = sorted(number for group, _count in said["issued"] for number in group)
        issued = sum(count for _group, count in said["issued"])
    except (ValueError, KeyError, TypeError) as error:
        raise StatementFaulty(file=name, reason=error) from None
    if said.get("round") != directory.round["round"]:
        raise StatementFaulty(file=name, reason="it is of another round")
    if (root, count) != (notes.to_base64(tree.root(hashes)), len(hashes)) or issued != count:
        raise StatementFaulty(file="used.bin", reason="it is not what the statement commits to")
    if numbers != list(range(1, len(directory.strata) + 1)):
        raise StatementFaulty(file=name, reason="its strata are not those of the directory")
    if said.get("destroyed") != len(directory.strata):
        raise StatementFaulty(file=name, reason="not every key was there to be destroyed")
    _check_groups(said["issued"], issued, int(directory.round["minimum"]))
    return said


def _check_groups(groups: Sequence[Any], issued: int, minimum: int) -> None:
    """Only strata with few signatures are counted together, and no count is small (P16)."""
    if issued >= minimum and any(0 < count < minimum for _numbers, count in groups):
        reason = f"a count is below {minimum}; see espi signer close --minimum"
        raise StatementFaulty(file="closing.note", reason=reason)
    if sum(1 for numbers, _count in groups if numbers[1:]) > 1:
        raise StatementFaulty(file="closing.note", reason="strata are joined in several groups")
