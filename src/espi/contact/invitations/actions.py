"""Deeds upon invitations."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.db.models import Count

from espi.anonymity.v1 import codes
from espi.anonymity.v1.blindrsa import MalformedBlindedMessage
from espi.contact.dispatch.actions import cancel_messages, cancel_wave, plan_messages, stop
from espi.contact.dispatch.models import Campaign
from espi.contact.dispatch.queries import is_stopped
from espi.contact.invitations.errors import (
    AlreadyUsed,
    KeysMissing,
    MalformedRequest,
    NothingDrawn,
    NotInField,
    PersonStopped,
    WaveClosed,
)
from espi.contact.invitations.models import Invitation
from espi.contact.invitations.queries import (
    by_code,
    issued_by_key_stratum,
    recipients,
    takes_answers,
)
from espi.contact.invitations.signer import KeyFiles, Signer, make_pairs
from espi.contact.sampling.models import SampleCase
from espi.design.actions import advance_phase
from espi.design.models import Wave
from espi.platform import audit
from espi.platform.audit import Actor
from espi.tallies.actions import record_tally
from espi.tallies.models import MINIMUM_CELL

State = Invitation.State


@transaction.atomic
def issue_invitations(*, wave: Wave, actor: Actor | str) -> int:
    """Give each drawn person an invitation; return how many are new.

    Raises:
        NothingDrawn: the wave has no sample.
    """
    cases = SampleCase.objects.filter(draw__wave=wave).select_related("person", "stratum")
    if not cases.exists():
        raise NothingDrawn(wave=wave.code)
    fresh = [_invitation(wave, case) for case in cases.filter(invitation=None)]
    Invitation.objects.bulk_create(fresh, batch_size=500)
    if fresh:
        counts = Invitation.objects.filter(wave=wave).values_list("key_stratum")
        invited = dict(counts.annotate(n=Count("id")))
        for stratum in wave.key_strata.all():
            stratum.invited_count = invited.get(stratum.pk, 0)
            stratum.save(update_fields=["invited_count"])
        audit.record(actor, "invitations.issue", wave=wave.code, count=len(fresh))
    return len(fresh)


def _invitation(wave: Wave, case: SampleCase) -> Invitation:
    reference = uuid4()
    code = codes.derive_code(settings.CODE_SECRET, str(reference))
    return Invitation(
        reference=reference,
        case=case,
        wave=wave,
        key_stratum_id=case.stratum.key_stratum_id,
        code_hash=codes.code_hash(code),
        check_code=codes.check_code(settings.CODE_SECRET, str(reference)),
        language=case.person.language,
    )


def create_keys(
    *, wave: Wave, keys: KeyFiles, actor: Actor | str, done: Callable[[], None] = lambda: None
) -> int:
    """Make the signing keys that are missing; return how many. May be interrupted and repeated.

    Raises:
        WaveClosed: the wave is past its fieldwork.
    """
    if wave.has_reached(Wave.Phase.CLOSED):
        raise WaveClosed
    strata = {
        stratum.code: stratum
        for stratum in wave.key_strata.order_by("code")
        if not stratum.public_key or not keys.path(stratum.code).exists()
    }
    if wave.has_reached(Wave.Phase.FIELD) and strata:
        raise KeysMissing(what=", ".join(strata))
    for code, private, public in make_pairs(list(strata)):
        keys.keep(code, private)
        strata[code].public_key = public
        strata[code].save(update_fields=["public_key"])
        done()
    if strata:
        audit.record(actor, "invitations.create_keys", wave=wave.code, count=len(strata))
    return len(strata)


@transaction.atomic
def open_fieldwork(*, wave: Wave, actor: Actor | str) -> Wave:
    """Let the wave take answers.

    Raises:
        KeysMissing: a stratum has no key, the trustees have none, or nobody is invited.
    """
    lacking = [s.code for s in wave.key_strata.order_by("code") if not s.public_key]
    if not wave.election_key:
        lacking.append("trustees")
    if lacking:
        raise KeysMissing(what=", ".join(lacking))
    if not Invitation.objects.filter(wave=wave).exists():
        raise NothingDrawn(wave=wave.code)
    return advance_phase(wave=wave, to=Wave.Phase.FIELD, actor=actor)


@transaction.atomic
def plan_campaign(
    *, wave: Wave, kind: str, actor: Actor | str, now: datetime
) -> tuple[Campaign, bool]:
    """Put the invitation or the reminder of a wave into the outbox; pressed again, nothing.

    Returns:
        The campaign, and whether it is new.

    Raises:
        NotInField: the wave is not in the field.
    """
    if wave.phase != Wave.Phase.FIELD:
        raise NotInField(wave=wave.code)
    return plan_messages(
        wave_code=wave.code, kind=kind, recipients=recipients(wave), now=now, actor=actor
    )


def take_ticket(*, code: str, blinded: bytes, signer: Signer, today: date) -> bytes:
    """Give the one signature of an invitation; the same question gets the same reply.

    The signature is made first and leaves only if this request is the one that finished the
    invitation, or repeats it. No time is kept, only the day, and not even in a queue.

    Raises:
        TicketRefused: mistyped, unknown, used, stopped, or the wave is closed.
    """
    invitation = by_code(code)
    if not takes_answers(invitation.wave, today):
        raise WaveClosed
    asked = sha256(blinded).digest()
    if invitation.state == State.OPEN and is_stopped(invitation.reference):
        raise PersonStopped
    if invitation.state != State.OPEN and bytes(invitation.blinded_hash or b"") != asked:
        raise AlreadyUsed
    try:
        signature = signer.sign(invitation.key_stratum.code, blinded)
    except MalformedBlindedMessage:
        raise MalformedRequest from None
    except FileNotFoundError:
        raise WaveClosed from None
    _finish(invitation, asked, today)
    return signature


@transaction.atomic
def _finish(invitation: Invitation, asked: bytes, today: date) -> None:
    # Only the row's own columns: with a condition on the wave, PostgreSQL would test "open" in a
    # subquery that it does not look at again after waiting for the row, and sign twice. A wave
    # that closes in between has made the row "expired", so its phase need not be asked here.
    mine = Invitation.objects.filter(pk=invitation.pk, state=State.OPEN)
    if mine.update(state=State.FINISHED, finished_on=today, blinded_hash=asked):
        cancel_messages(recipient=invitation.reference)
        return
    present = Invitation.objects.select_related("wave").get(pk=invitation.pk)
    if bytes(present.blinded_hash or b"") != asked:
        raise AlreadyUsed if present.state == State.FINISHED else WaveClosed


def stop_everything(*, reference: UUID, reason: str, today: date) -> None:
    """Send nothing more to an invited person."""
    stop(recipient=reference, reason=reason, today=today)


def close_fieldwork(*, wave: Wave, keys: KeyFiles, actor: Actor | str) -> int:
    """Take no more answers, destroy the signing keys, and record what was issued.

    Repeated after an interruption, it ends what it began.

    Returns:
        How many keys were destroyed.
    """
    with transaction.atomic():
        advance_phase(wave=wave, to=Wave.Phase.CLOSED, actor=actor)
        cancel_wave(wave_code=wave.code)
        invitations = Invitation.objects.filter(wave=wave)
        invitations.filter(state=State.OPEN).update(state=State.EXPIRED)
        invitations.exclude(blinded_hash=None).update(blinded_hash=None)
        for code, count in issued_by_key_stratum(wave).items():
            if count == 0 or count >= MINIMUM_CELL:
                record_tally(wave_code=wave.code, stratum_code=code, kind="issued", count=count)
    destroyed = keys.destroy(wave.key_strata.values_list("code", flat=True))
    if destroyed:
        audit.record(actor, "invitations.destroy_keys", wave=wave.code, count=destroyed)
    return destroyed
