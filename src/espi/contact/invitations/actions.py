"""Deeds upon invitations."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import transaction

from espi.anonymity.v1 import codes
from espi.anonymity.v1.entries import invite_hash
from espi.contact.dispatch.actions import cancel_wave, plan_messages
from espi.contact.dispatch.forgetting import forget_course
from espi.contact.dispatch.models import Campaign
from espi.contact.dispatch.queries import is_stopped
from espi.contact.invitations.commitment import refuse_if_committed
from espi.contact.invitations.errors import (
    AlreadyUsed,
    KeysMissing,
    MalformedRequest,
    NotAnOpenStratum,
    NotASampledStratum,
    NotCommitted,
    NothingDrawn,
    NotInField,
    PersonStopped,
    SignerAway,
    WaveClosed,
)
from espi.contact.invitations.forgetting import (
    forget_order_of_finishing,
    forget_when,
    keep_summary,
)
from espi.contact.invitations.keys import plan_keys
from espi.contact.invitations.models import DirectoryCommitment, Invitation
from espi.contact.invitations.queries import (
    by_code,
    is_served,
    issued_by_key_stratum,
    recipients,
)
from espi.contact.invitations.signing import own_identity, own_store
from espi.contact.sampling.models import SampleCase
from espi.design.actions import advance_phase
from espi.design.models import Stratum, Wave
from espi.platform import audit
from espi.platform.audit import Actor
from espi.signer.client import Question, Signer
from espi.signer.closing import close as close_store
from espi.signer.errors import (
    KeysDestroyed,
    NotSignable,
    SignedAlready,
    SignerUnreachable,
    UnknownInvitation,
)
from espi.signer.store import DAYS_ON_A_DEVICE
from espi.tallies.actions import record_tally
from espi.tallies.models import MINIMUM_CELL

State, Origin = Invitation.State, Invitation.Origin


@transaction.atomic
def issue_invitations(*, wave: Wave, actor: Actor | str) -> int:
    """Give each drawn person an invitation; return how many are new.

    Which group shares which key is decided first, and for good.

    Raises:
        NothingDrawn: the wave has no sample.
        DirectoryPublished: the invitations were committed to.
    """
    cases = SampleCase.objects.filter(draw__wave=wave).select_related("person", "stratum")
    if not cases.exists():
        raise NothingDrawn(wave=wave.code)
    uninvited = cases.filter(invitation=None)
    if not uninvited.exists():
        return 0
    refuse_if_committed(wave)
    if not Invitation.objects.filter(wave=wave, origin=Origin.SAMPLE).exists():
        plan_keys(wave=wave, actor=actor)
    fresh = [
        _invitation(case.stratum, case=case, language=case.person.language) for case in uninvited
    ]
    Invitation.objects.bulk_create(fresh, batch_size=500)
    audit.record(actor, "invitations.issue", wave=wave.code, count=len(fresh))
    return len(fresh)


def _invitation(stratum: Stratum, **facts: object) -> Invitation:
    reference = uuid4()
    code = codes.derive_code(settings.CODE_SECRET, str(reference))
    return Invitation(
        reference=reference,
        wave_id=stratum.wave_id,
        stratum=stratum,
        key_stratum_id=stratum.key_stratum_id,
        code_hash=codes.code_hash(code),
        check_code=codes.check_code(settings.CODE_SECRET, str(reference)),
        **facts,
    )


@transaction.atomic
def print_slips(*, wave: Wave, stratum_code: str, count: int, actor: Actor | str) -> list[str]:
    """Make single-use codes that belong to nobody, and return them: for counters and interviewers.

    Their answers are never pooled with the sample's. The codes are told this once, to be printed.

    Raises:
        NotAnOpenStratum: the stratum is drawn from a list, or is not there.
        DirectoryPublished: the invitations were committed to.
    """
    refuse_if_committed(wave)
    strata = wave.strata.exclude(channel=Stratum.Channel.SAMPLE)
    if (stratum := strata.filter(code=stratum_code).first()) is None:
        raise NotAnOpenStratum(stratum=stratum_code)
    return _nameless(stratum, Origin.SLIP, count, actor)


@transaction.atomic
def plant_invitations(
    *, wave: Wave, stratum_code: str, count: int, actor: Actor | str
) -> list[str]:
    """Make invitations for auditors among those of a sampled stratum, and return their codes.

    What auditors answer with them must come out of the opening exactly as it went in.

    Raises:
        NotASampledStratum: there is no such stratum of the sample.
        DirectoryPublished: the invitations were committed to.
    """
    refuse_if_committed(wave)
    strata = wave.strata.filter(channel=Stratum.Channel.SAMPLE)
    if (stratum := strata.filter(code=stratum_code).first()) is None:
        raise NotASampledStratum(stratum=stratum_code)
    return _nameless(stratum, Origin.PLANTED, count, actor)


def _nameless(stratum: Stratum, origin: str, count: int, actor: Actor | str) -> list[str]:
    fresh = [_invitation(stratum, origin=origin, language="id") for _ in range(count)]
    Invitation.objects.bulk_create(fresh, batch_size=500)
    audit.record(actor, f"invitations.{origin}", stratum=stratum.code, count=count)
    return [codes.derive_code(settings.CODE_SECRET, str(one.reference)) for one in fresh]


@transaction.atomic
def open_fieldwork(*, wave: Wave, actor: Actor | str) -> Wave:
    """Let the wave take answers.

    Raises:
        KeysMissing: keys and invitations have not been committed to.
        NothingDrawn: nobody is invited.
    """
    if not Invitation.objects.filter(wave=wave).exists():
        raise NothingDrawn(wave=wave.code)
    if not DirectoryCommitment.objects.filter(wave=wave).exists():
        raise KeysMissing(what="espi directory export")
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

    The signer notes the question before it answers, and this registry before it passes the answer
    on. No time is kept, only the day, and not even in a queue.

    Raises:
        TicketRefused: mistyped, unknown, used, stopped, or the wave is closed.
    """
    invitation = by_code(code)
    if not is_served(invitation, today):
        raise WaveClosed
    asked = sha256(blinded).digest()
    if invitation.state == State.OPEN and is_stopped(invitation.reference):
        raise PersonStopped
    if invitation.blinded_hash is not None and bytes(invitation.blinded_hash) != asked:
        raise AlreadyUsed
    signature = _signature(invitation, code, blinded, signer=signer, today=today)
    _finish(invitation, asked, today)
    return signature


def _signature(
    invitation: Invitation, code: str, blinded: bytes, *, signer: Signer, today: date
) -> bytes:
    wave, stratum = invitation.wave.code, invitation.key_stratum.code
    place = invite_hash(wave, stratum, codes.normalise_code(code))
    try:
        return signer.sign(Question(wave, stratum, place, blinded), today=today)
    except NotSignable:
        raise MalformedRequest from None
    except KeysDestroyed:
        raise WaveClosed from None
    except UnknownInvitation:
        raise NotCommitted from None
    except SignerUnreachable:
        raise SignerAway from None
    except SignedAlready:  # by a request whose reply, or whose note here, was lost
        mine = Invitation.objects.filter(pk=invitation.pk, state=State.OPEN)
        mine.update(state=State.FINISHED, finished_on=today)
        raise AlreadyUsed from None


@transaction.atomic
def _finish(invitation: Invitation, asked: bytes, today: date) -> None:
    # Only the row's own columns: with a condition on the wave, PostgreSQL would test "open" in a
    # subquery that it does not look at again after waiting for the row, and sign twice. A wave
    # that closes in between has made the row "expired", so its phase need not be asked here.
    mine = Invitation.objects.filter(pk=invitation.pk, state=State.OPEN)
    # Messages that have not left are not touched here: they would lie in the order of finishing.
    # Each is cancelled when its turn comes (espi.contact.dispatch.wanted).
    if mine.update(state=State.FINISHED, finished_on=today, blinded_hash=asked):
        return
    noted = Invitation.objects.filter(pk=invitation.pk, state=State.FINISHED, blinded_hash=None)
    if noted.update(blinded_hash=asked):  # the signer vouches that this is the one it signed
        return
    present = Invitation.objects.select_related("wave").get(pk=invitation.pk)
    if bytes(present.blinded_hash or b"") != asked:
        raise AlreadyUsed if present.state == State.FINISHED else WaveClosed


def forget_questions(*, wave: Wave, today: date) -> int:
    """Forget blinded messages that no browser can still ask about; every night. Return how many."""
    last = today - timedelta(days=DAYS_ON_A_DEVICE)
    asked = Invitation.objects.filter(wave=wave, finished_on__lt=last).exclude(blinded_hash=None)
    if not settings.SIGNER_URL:
        own_store(wave).forget(today)
    count = asked.update(blinded_hash=None)
    forget_order_of_finishing(wave=wave)
    return count


def close_fieldwork(*, wave: Wave, actor: Actor | str) -> Path | None:
    """Take no more answers; where the signer is ours, destroy its keys and keep its statement.

    Who has finished stays known; when is forgotten, here and at a signer of ours, with all that
    tells of it: reminders, times of delivery. Counts per day are kept. Repeated after an
    interruption, it ends what it began.

    Returns:
        The folder of the signer's statement, or nothing where another body closes its signer.
    """
    with transaction.atomic():
        advance_phase(wave=wave, to=Wave.Phase.CLOSED, actor=actor)
        cancel_wave(wave_code=wave.code)
        invitations = Invitation.objects.filter(wave=wave)
        invitations.filter(state=State.OPEN).update(state=State.EXPIRED)
        keep_summary(wave=wave)
        forget_when(wave=wave)
        forget_course(wave_code=wave.code)
        for code, count in issued_by_key_stratum(wave).items():
            if count == 0 or count >= MINIMUM_CELL:
                record_tally(wave_code=wave.code, stratum_code=code, kind="issued", count=count)
    if settings.SIGNER_URL:
        return None
    store = own_store(wave)
    note, used = close_store(
        store=store, round_code=wave.code, minimum=wave.minimum_cell, by=own_identity()
    )
    folder: Path = settings.STORAGE / "closing" / wave.code
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "closing.note").write_text(note, "utf-8")
    (folder / "used.bin").write_bytes(used)
    issued = sum(store.issued().values())
    audit.record(actor, "invitations.destroy_keys", wave=wave.code, signatures=issued)
    return folder
