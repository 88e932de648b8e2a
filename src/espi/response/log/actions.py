"""Actions on the log: beginning it, adding to it, closing it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Max

from espi.anonymity.v1 import entries, notes, tree
from espi.anonymity.v1.closing import to_closing_entry
from espi.anonymity.v1.directory import Directory
from espi.anonymity.v1.entries import EntryFaulty
from espi.anonymity.v1.statements import PlantedStatement, Statement, to_entry
from espi.design.models import Wave
from espi.platform import audit
from espi.platform.audit import Actor
from espi.response.log import statements
from espi.response.log.errors import (
    DirectoryDiffers,
    LogClosed,
    OutOfPlace,
    WitnessesMissing,
)
from espi.response.log.identity import log_key, origin_of, verifier_of
from espi.response.log.models import Checkpoint, Entry, Log
from espi.response.log.queries import directory_in, is_witnessed, leaves_of, log_of, newest_of


@transaction.atomic
def open_log(*, wave: Wave, texts: Sequence[str], actor: Actor | str) -> Checkpoint:
    """Begin the log of a wave with its directory; the same directory again changes nothing.

    Raises:
        DirectoryDiffers: the texts are no directory, are of another wave or for another log, or
            another directory is logged.
    """
    try:
        directory = Directory.read(texts)
    except EntryFaulty as error:
        raise DirectoryDiffers(reason=error) from None
    log = Log.objects.filter(wave=wave).first()
    if log is not None:
        if directory_in(log) != directory:
            raise DirectoryDiffers(reason="another one was logged before, and stands")
        return log.checkpoints.get(size=log.directory_size)
    if directory.round.round_code != wave.code:
        raise DirectoryDiffers(reason=f"it is of the round {directory.round.round_code}")
    if directory.round.log != str(verifier_of(wave.code)):
        raise DirectoryDiffers(reason="it names another log; see: espi log key")
    statements.check_keys(wave, directory)
    statements.check_roles(directory.round)
    log = Log.objects.create(wave=wave, origin=origin_of(wave.code), directory_size=directory.size)
    audit.record(actor, "log.open", wave=wave.code, root=directory.root.hex())
    return append(log=log, fresh=directory.written)


@transaction.atomic
def append(*, log: Log, fresh: Sequence[bytes]) -> Checkpoint:
    """Add entries and sign the checkpoint over all; without entries, return the newest.

    Raises:
        OutOfPlace: one of them may not stand there; nothing was added.
        WitnessesMissing: too few witnesses signed the newest checkpoint. They sign no checkpoint
            that is older than what they know, so it would never get their signatures.
    """
    # Locked, so that two processes never give two entries one index, nor sign two checkpoints of
    # one size: that would be the fork which witnesses exist to find.
    locked = Log.objects.select_for_update().get(pk=log.pk)
    last = locked.entries.aggregate(last=Max("index"))["last"]
    first = 0 if last is None else last + 1
    if not fresh:
        return locked.checkpoints.get(size=first)
    if first:
        check_witnessed(locked)
        _check_order(locked, bytes(locked.entries.get(index=last).data), fresh)
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


def check_witnessed(log: Log) -> None:
    """Let a log grow only from a checkpoint that its witnesses signed.

    Raises:
        WitnessesMissing: too few did.
    """
    round_entry = directory_in(log).round
    if not is_witnessed(newest_of(log), round_entry):
        raise WitnessesMissing(wave=log.wave.code, quorum=round_entry.quorum)


def _check_order(log: Log, last: bytes, fresh: Sequence[bytes]) -> None:
    """Refuse an entry where it may not stand (P14)."""
    misplaced = entries.misplaced(last, fresh)
    if misplaced is not None:
        kind, before = misplaced
        raise OutOfPlace(wave=log.wave.code, kind=kind, before=before)


def add_statement(*, wave: Wave, statement: Statement, actor: Actor | str) -> Checkpoint:
    """Add one statement about the wave; the very same one is not added twice.

    Raises:
        LogNotOpen: there is no log.
        OutOfPlace: it may not stand there.
        StatementFaulty: planted answers are committed to as before, with another count.
        WitnessesMissing: too few witnesses signed what is there.
    """
    log = log_of(wave)
    entry = to_entry(statement)
    if log.entries.filter(leaf=tree.leaf_hash(entry)).exists():
        return append(log=log, fresh=[])
    if isinstance(statement, PlantedStatement):
        statements.check_new_commitment(log, statement, len(entry))
    audit.record(actor, "log.add", wave=wave.code, kind=statement.kind)
    return append(log=log, fresh=[entry])


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
    # Locked, so that two different statements cannot both close the log.
    log = Log.objects.select_for_update().get(pk=log_of(wave).pk)
    closing = statements.checked_closing(directory_in(log), note, used)
    entry = to_closing_entry(note)
    if log.closed:
        if not log.entries.filter(leaf=tree.leaf_hash(entry)).exists():
            raise LogClosed(wave=wave.code)
        return append(log=log, fresh=[])
    log.closed = True
    log.save(update_fields=["closed"])
    audit.record(actor, "log.close", wave=wave.code, signatures=closing.used)
    return append(log=log, fresh=[entry, small] if small else [entry])
