"""Actions of the box: accepting, releasing, closing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import transaction
from django.db.models import Case, Q, When

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing, tree
from espi.anonymity.v1.ballot import SubmittedBallot
from espi.design.actions import advance_phase
from espi.design.models import KeyStratum, Wave
from espi.platform import audit, engine
from espi.platform.audit import Actor
from espi.response.ballotbox.errors import (
    BallotMalformed,
    BoxClosed,
    BoxNotOpen,
    SignatureInvalid,
    UnknownStratum,
)
from espi.response.ballotbox.intake import opened_intake, waiting_by_key_stratum
from espi.response.ballotbox.models import Ballot, Batch
from espi.response.ballotbox.publishing import log_batches
from espi.response.ballotbox.slots import Slots, WaitingBallot

LENGTHS = (sealing.SEALED_LENGTH, 64, keys.MODULUS_BITS // 8)  # envelope, prepared, signature
AT_ONCE = 500  # digests in one statement


def accept_ballot(*, ballot: SubmittedBallot) -> str:
    """Accept a ballot with a valid signature, and return its check code.

    The same ballot again gives the same answer and stays one ballot, also after the closing: its
    first answer may have been lost on the way.

    Raises:
        BallotMalformed: a part has the wrong length.
        UnknownStratum: there is no such key stratum in the field.
        BoxClosed: the wave takes ballots no more.
        BoxNotOpen: it takes none yet.
        SignatureInvalid: nothing was accepted.
        IntakeElsewhere: the box runs without its storage; nothing was accepted.
        OSError: the disk is full; nothing was accepted.
    """
    if tuple(map(len, (ballot.envelope, ballot.prepared, ballot.signature))) != LENGTHS:
        raise BallotMalformed
    stratum = _stratum(ballot.stratum)
    message = encoding.message(stratum.wave.code, stratum.code, ballot.envelope)
    # The prepared message ends with what is signed: without this look one signature would let
    # in any envelope.
    if ballot.prepared[32:] != message or not blindrsa.verify(
        _public_key(stratum.public_key), ballot.prepared, ballot.signature
    ):
        raise SignatureInvalid
    waiting = WaitingBallot(
        digest=encoding.ballot_digest(ballot.envelope),
        key_stratum_id=stratum.pk,
        prepared=ballot.prepared,
        signature=ballot.signature,
        envelope=ballot.envelope,
    )
    _take_in(waiting, stratum.wave_id)
    return encoding.receipt(ballot.envelope)


def _take_in(ballot: WaitingBallot, wave_id: int) -> None:
    """Take a ballot in unless it is here, before the box closes or not at all.

    A closing changes the phase first and opens the intake then. So it waits for a ballot that is
    being taken in here, and a ballot that comes later meets the new phase.
    """
    with opened_intake() as intake:
        if intake.holds(ballot.digest) or Ballot.objects.filter(digest=ballot.digest).exists():
            return
        wave = Wave.objects.get(pk=wave_id)
        if wave.has_reached(Wave.Phase.CLOSED):
            raise BoxClosed
        if wave.phase != Wave.Phase.FIELD:
            raise BoxNotOpen
        intake.put(ballot)


def _stratum(code: str) -> KeyStratum:
    """Return the stratum of the wave in the field, or else of the latest that has a key.

    Where nobody is invited there is no key in the directory, and no ballot to accept.
    """
    if not code.isascii() or not code.isprintable():
        raise UnknownStratum
    strata = KeyStratum.objects.select_related("wave").exclude(public_key="")
    strata = strata.filter(code=code, invited_count__gt=0)
    in_field = Q(wave__phase=Wave.Phase.FIELD)
    stratum = strata.order_by(Case(When(in_field, then=0), default=1), "-wave__id").first()
    if stratum is None:
        raise UnknownStratum
    return stratum


@lru_cache(maxsize=4096)
def _public_key(text: str) -> rsa.RSAPublicKey:
    return blindrsa.load_public(encoding.from_base64(text))


def release_batches(*, wave: Wave, today: date, actor: Actor | str) -> int:
    """Move waiting ballots on, stratum by stratum, wherever the minimum cell has gathered.

    The batches of the release before go into the public log.

    Ballots are moved together, sorted by digest, so that no later look at the tables tells which
    came first, nor which few came on one day. Returns how many moved: none once the box is
    closed, where only the closing moves what is left.
    """
    if Wave.objects.get(pk=wave.pk).has_reached(Wave.Phase.CLOSED):
        return 0
    moved = sum(_release(stratum, wave.minimum_cell, today) for stratum in _waiting(wave))
    if moved:
        audit.record(actor, "ballotbox.release", wave=wave.code, ballots=moved)
    engine.forget_write_ahead_log()
    log_batches(wave=wave)
    return moved


def _waiting(wave: Wave) -> list[KeyStratum]:
    return list(wave.key_strata.filter(pk__in=waiting_by_key_stratum()).order_by("code"))


def _release(stratum: KeyStratum, minimum: int, today: date) -> int:
    """Move what waits to a new batch; fewer than ``minimum`` stay where they are."""
    with opened_intake() as intake:
        waiting = _fresh(intake, stratum)
        if len(waiting) < minimum:
            return 0
        # Durable: on the disk of the database before the intake forgets them. An outer transaction
        # that is rolled back later would lose them.
        with transaction.atomic(durable=True):
            number = Batch.objects.filter(key_stratum=stratum).count() + 1
            _fill(Batch(key_stratum=stratum, number=number), waiting, today)
        intake.wipe(ballot.digest for ballot in waiting)
    return len(waiting)


def _fresh(intake: Slots, stratum: KeyStratum) -> list[WaitingBallot]:
    """Return the waiting ballots of a stratum, sorted, without those that are in the table already.

    These are left by a release that was interrupted between table and intake; they are wiped.
    """
    waiting = intake.ballots(stratum.pk)
    released = set()
    for digests in batched([ballot.digest for ballot in waiting]):
        in_table = Ballot.objects.filter(digest__in=digests).values_list("digest", flat=True)
        released |= set(map(bytes, in_table))
    if released:
        intake.wipe(released)
    return [ballot for ballot in waiting if ballot.digest not in released]


def batched(digests: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Yield a list in parts that one statement can name."""
    for start in range(0, len(digests), AT_ONCE):
        yield digests[start : start + AT_ONCE]


def _fill(batch: Batch, ballots: Sequence[WaitingBallot | Ballot], today: date) -> None:
    """Write a batch and its ballots, all at once and in the order of their digests."""
    ordered = sorted(ballots, key=lambda ballot: bytes(ballot.digest))
    batch.closed_on = today
    batch.size = len(ordered)
    batch.root = tree.root([bytes(ballot.digest) for ballot in ordered])
    batch.save()
    Ballot.objects.bulk_create(
        Ballot(
            digest=bytes(ballot.digest),
            key_stratum_id=batch.key_stratum_id,
            batch=batch,
            prepared=ballot.prepared,
            signature=ballot.signature,
            envelope=ballot.envelope,
        )
        for ballot in ordered
    )


def close_box(*, wave: Wave, today: date, actor: Actor | str) -> Wave:
    """Close the box: no more ballots are taken; those that wait are released, however few.

    A rest below the minimum cell joins the newest batch of its stratum, which the public list has
    held back until now; strata that stay below it are joined with others at the opening. Closing
    again does what an interrupted closing left.
    """
    closed = advance_phase(wave=wave, to=Wave.Phase.CLOSED, actor=actor)
    for stratum in _waiting(closed):
        _release_remaining(stratum, closed.minimum_cell, today)
    engine.forget_deleted_rows(Ballot._meta.db_table)
    log_batches(wave=closed)
    return closed


def _release_remaining(stratum: KeyStratum, minimum: int, today: date) -> None:
    with opened_intake() as intake:
        waiting = _fresh(intake, stratum)
        if waiting:
            with transaction.atomic(durable=True):
                _join(stratum, waiting, minimum, today)
            intake.wipe(ballot.digest for ballot in waiting)


def _join(stratum: KeyStratum, waiting: Sequence[WaitingBallot], minimum: int, today: date) -> None:
    """Put waiting ballots into a batch of their own, or with the newest if they are too few."""
    batches = Batch.objects.filter(key_stratum=stratum)
    batch = batches.filter(logged=False).order_by("-number").first()
    if batch is None or len(waiting) >= minimum:
        _fill(Batch(key_stratum=stratum, number=batches.count() + 1), waiting, today)
        return
    together: list[WaitingBallot | Ballot] = [*waiting, *Ballot.objects.filter(batch=batch)]
    Ballot.objects.filter(batch=batch).delete()
    _fill(batch, together, today)
