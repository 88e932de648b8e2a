"""Deeds of the box: accepting, releasing, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from cryptography.hazmat.primitives.asymmetric import rsa
from django.db import IntegrityError, transaction

from espi.anonymity.v1 import blindrsa, encoding, keys, sealing, tree
from espi.anonymity.v1.encoding import from_text
from espi.design.actions import advance_phase
from espi.design.models import KeyStratum, Wave
from espi.platform import audit, engine
from espi.platform.audit import Actor
from espi.response.ballotbox.errors import (
    BallotMalformed,
    BoxClosed,
    SignatureInvalid,
    UnknownStratum,
)
from espi.response.ballotbox.models import Ballot, Batch, Intake

PREPARED_LENGTH, SIGNATURE_LENGTH = 64, keys.MODULUS_BITS // 8


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a browser drops in the box, as it travelled (base64url)."""

    stratum: str
    envelope: str
    prepared: str
    signature: str


def accept_ballot(*, dropped: Dropped) -> str:
    """Accept a ballot with a valid signature, and return its check code.

    The same ballot again gives the same answer and stays one ballot.

    Raises:
        BallotMalformed: a part is missing or has the wrong length.
        UnknownStratum: there is no such key stratum in the field.
        BoxClosed: the wave does not take ballots now.
        SignatureInvalid: nothing was accepted.
    """
    envelope, prepared, signature = _parts(dropped)
    stratum = _stratum(dropped.stratum)
    said = encoding.message(stratum.wave.code, stratum.code, envelope)
    if prepared[32:] != said or not blindrsa.verify(
        _public_key(stratum.public_key), prepared, signature
    ):
        raise SignatureInvalid
    digest = encoding.ballot_digest(envelope)
    if not Ballot.objects.filter(digest=digest).exists():
        try:
            with transaction.atomic():
                Intake.objects.create(
                    digest=digest,
                    key_stratum=stratum,
                    prepared=prepared,
                    signature=signature,
                    envelope=envelope,
                )
        except IntegrityError:
            pass  # the very same ballot is there: the answer is the same
    return encoding.receipt(envelope)


def _parts(dropped: Dropped) -> tuple[bytes, bytes, bytes]:
    try:
        parts = tuple(map(from_text, (dropped.envelope, dropped.prepared, dropped.signature)))
    except ValueError:
        raise BallotMalformed from None
    wanted = (sealing.SEALED_LENGTH, PREPARED_LENGTH, SIGNATURE_LENGTH)
    if tuple(map(len, parts)) != wanted:
        raise BallotMalformed
    return parts[0], parts[1], parts[2]


def _stratum(code: str) -> KeyStratum:
    found = (
        KeyStratum.objects.select_related("wave")
        .filter(code=code)
        .exclude(public_key="")
        .order_by("-wave__id")
        .first()
    )
    if found is None:
        raise UnknownStratum
    if found.wave.phase != Wave.Phase.FIELD:
        raise BoxClosed
    return found


@lru_cache(maxsize=4096)
def _public_key(text: str) -> rsa.RSAPublicKey:
    return blindrsa.load_public(encoding.from_base64(text))


def release_batches(*, wave: Wave, today: date, actor: Actor | str) -> int:
    """Move waiting ballots on, stratum by stratum, wherever the minimum cell has gathered.

    They are moved sorted by digest and together, so that no later look at the tables tells who
    came first, nor which few came on one day. Returns how many moved.
    """
    moved = sum(_release(stratum, wave.minimum_cell, today) for stratum in _waiting(wave))
    if moved:
        audit.record(actor, "ballotbox.release", wave=wave.code, ballots=moved)
        engine.forget_deleted_rows(Intake._meta.db_table)
    return moved


def _waiting(wave: Wave) -> list[KeyStratum]:
    waiting = Intake.objects.order_by().values("key_stratum")
    return list(wave.key_strata.filter(pk__in=waiting).order_by("code"))


@transaction.atomic
def _release(stratum: KeyStratum, minimum: int, today: date) -> int:
    waiting = sorted(Intake.objects.filter(key_stratum=stratum), key=lambda b: bytes(b.digest))
    if len(waiting) < minimum:
        return 0
    digests = [bytes(ballot.digest) for ballot in waiting]
    batch = Batch.objects.create(
        key_stratum=stratum,
        number=Batch.objects.filter(key_stratum=stratum).count() + 1,
        closed_on=today,
        size=len(waiting),
        root=tree.root(digests),
    )
    Ballot.objects.bulk_create(
        Ballot(
            digest=bytes(ballot.digest),
            key_stratum=stratum,
            batch=batch,
            prepared=ballot.prepared,
            signature=ballot.signature,
            envelope=ballot.envelope,
        )
        for ballot in waiting
    )
    Intake.objects.filter(key_stratum=stratum).delete()
    return len(waiting)


def close_box(*, wave: Wave, today: date, actor: Actor | str) -> Wave:
    """Close the box: no more ballots; what waits is released, however few they are.

    Strata that stay below the minimum cell are joined with others at the opening.
    """
    closed = advance_phase(wave=wave, to=Wave.Phase.CLOSED, actor=actor)
    for stratum in _waiting(closed):
        _release(stratum, 1, today)
    engine.forget_deleted_rows(Intake._meta.db_table)
    return closed
