"""From the box to the public log: digests and signatures of ballots, a batch at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.db import transaction
from django.db.models import Max, QuerySet

from espi.anonymity.v1 import tree
from espi.anonymity.v1.entries import BallotEntry
from espi.anonymity.v1.statements import SmallStatement, to_entry
from espi.design.models import KeyStratum, Wave
from espi.platform import engine
from espi.platform.audit import Actor
from espi.response.ballotbox.errors import BoxNotClosed
from espi.response.ballotbox.intake import waiting_count
from espi.response.ballotbox.models import Ballot, Batch
from espi.response.log.actions import append, check_witnessed, close_log
from espi.response.log.errors import WitnessesMissing
from espi.response.log.models import Checkpoint, Log
from espi.response.log.queries import log_of, newest_of
from espi.response.log.record import folder_of, publish, write
from espi.response.log.witnesses import cosign

LISTS = "names"  # folder of the record with a list of digests per stratum (P12 calls them names)


def log_batches(*, wave: Wave) -> int:
    """Add to the log the ballots that may be shown, ask the witnesses, publish; return how many.

    During fieldwork the newest batch of each stratum stays back. After the closing everything is
    shown, but for strata that gathered fewer than the minimum cell in all. Repeated, it takes up
    what was interrupted. While too few witnesses answer nothing is added, and nothing is lost.

    Raises:
        LogNotOpen: the wave has no log.
    """
    log = log_of(wave)
    cosign(log)
    try:
        count = _append(wave, log)
    except WitnessesMissing:
        count = 0
    cosign(log)
    if publish(log) == newest_of(log).size:
        _publish_digests(wave)
    return count


@transaction.atomic
def _append(wave: Wave, log: Log) -> int:
    # Locked before batches are chosen: two processes would else log the same batch twice.
    Log.objects.select_for_update().get(pk=log.pk)
    batches = _to_be_logged(wave)
    ballots = Ballot.objects.filter(batch__in=batches).order_by("key_stratum__code", "digest")
    fresh = [_entry(ballot, code) for ballot, code in _with_code(ballots)]
    append(log=log, fresh=fresh)
    Batch.objects.filter(pk__in=[batch.pk for batch in batches]).update(logged=True)
    return len(fresh)


def _to_be_logged(wave: Wave) -> list[Batch]:
    """Return the batches that may be shown and are not yet.

    During fieldwork the newest of each stratum is held back: a rest below the minimum cell may
    have to join it at the closing.
    """
    batches = Batch.objects.filter(key_stratum__wave=wave, logged=False)
    if wave.has_reached(Wave.Phase.CLOSED):
        small = small_strata(wave)
        return list(batches.exclude(key_stratum__code__in=small))
    newest = dict(
        Batch.objects.filter(key_stratum__wave=wave)
        .values_list("key_stratum")
        .annotate(newest=Max("number"))
    )
    return [batch for batch in batches if batch.number < newest[batch.key_stratum_id]]


def _with_code(ballots: QuerySet[Ballot]) -> Iterator[tuple[Ballot, str]]:
    codes = dict(KeyStratum.objects.values_list("pk", "code"))
    for ballot in ballots.defer("envelope").iterator(chunk_size=2000):
        yield ballot, codes[ballot.key_stratum_id]


def _entry(ballot: Ballot, code: str) -> bytes:
    random, signature = bytes(ballot.prepared)[:32], bytes(ballot.signature)
    return BallotEntry(code, bytes(ballot.digest), random, signature).to_bytes()


def small_strata(wave: Wave) -> list[str]:
    """Return the key strata that gathered ballots, but fewer than the minimum cell."""
    ballots = Ballot.objects.filter(key_stratum__wave=wave)
    sizes = Counter(ballots.values_list("key_stratum__code", flat=True))
    return sorted(code for code, size in sizes.items() if size < wave.minimum_cell)


def small_digests(wave: Wave) -> list[bytes]:
    """Return the digests of the ballots of small strata, ascending."""
    ballots = Ballot.objects.filter(
        key_stratum__wave=wave, key_stratum__code__in=small_strata(wave)
    )
    return sorted(bytes(digest) for digest in ballots.values_list("digest", flat=True))


def logged_digests(wave: Wave, key_stratum: str) -> list[bytes]:
    """Return the public list of a stratum: the digests of its ballots in the log, ascending."""
    ballots = Ballot.objects.filter(
        key_stratum__wave=wave, key_stratum__code=key_stratum, batch__logged=True
    )
    return sorted(bytes(digest) for digest in ballots.values_list("digest", flat=True))


def _publish_digests(wave: Wave) -> None:
    folder = folder_of(wave.code) / LISTS
    for code in wave.key_strata.values_list("code", flat=True):
        if digests := logged_digests(wave, code):
            write(folder / f"{code}.bin", b"".join(digests))


def seal_box(*, wave: Wave, note: str, used: bytes, actor: Actor | str) -> Checkpoint:
    """Close the log of a closed box with the signer's statement; publish what belongs to it.

    Raises:
        BoxNotClosed: the box still takes ballots, or its closing was interrupted.
        StatementFaulty: the statement is not the signer's, or not about the file ``used``.
        LogClosed: another statement closed the log.
        WitnessesMissing: they have not signed what was logged before.
    """
    if waiting_count(wave) or not Wave.objects.get(pk=wave.pk).has_reached(Wave.Phase.CLOSED):
        raise BoxNotClosed(wave=wave.code)
    log_batches(wave=wave)
    if _to_be_logged(wave):  # the witnesses were away; no ballot may follow the closing statement
        check_witnessed(log_of(wave))
        raise BoxNotClosed(wave=wave.code)
    digests = small_digests(wave)
    small = _small_entry(wave, digests) if digests else None
    checkpoint = close_log(wave=wave, note=note, used=used, small=small, actor=actor)
    folder = folder_of(wave.code)
    write(folder / "used.bin", used)
    if len(digests) >= wave.minimum_cell:
        write(folder / "small.bin", b"".join(digests))
    log = log_of(wave)
    cosign(log)
    if publish(log) == newest_of(log).size:  # else the lists would show more than the log
        _publish_digests(wave)
    forget_batches(wave=wave)
    return checkpoint


def forget_batches(*, wave: Wave) -> None:
    """Make one batch of all batches of each key stratum, and forget their numbers and days.

    Once everything is logged nothing asks for them. The public log goes on showing which ballots
    were added together: it only grows.
    """
    for stratum in wave.key_strata.order_by("code"):
        _make_one_batch(stratum)
    engine.forget_order(Ballot._meta.db_table, by="digest")


@transaction.atomic
def _make_one_batch(stratum: KeyStratum) -> None:
    batches = list(Batch.objects.filter(key_stratum=stratum).order_by("number"))
    if len(batches) <= 1:
        return
    last, ballots = batches[-1], Ballot.objects.filter(key_stratum=stratum)
    ballots.update(batch=last)  # all of them: one transaction number for the stratum
    Batch.objects.filter(key_stratum=stratum).exclude(pk=last.pk).delete()
    digests = sorted(bytes(digest) for digest in ballots.values_list("digest", flat=True))
    last.number, last.size, last.root = 1, len(digests), tree.root(digests)
    last.save(update_fields=["number", "size", "root"])


def _small_entry(wave: Wave, digests: list[bytes]) -> bytes:
    statement = SmallStatement(
        round_code=wave.code,
        strata=tuple(small_strata(wave)),
        ballots=len(digests) if len(digests) >= wave.minimum_cell else None,
        root=tree.root(digests),
    )
    return to_entry(statement)
