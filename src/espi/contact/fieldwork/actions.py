"""Open the fieldwork of a wave, plan its campaigns, close it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from espi.atomic_files import PUBLIC, write_atomically
from espi.contact.dispatch.actions import cancel_wave, plan_messages
from espi.contact.dispatch.forgetting import forget_course
from espi.contact.dispatch.models import Campaign
from espi.contact.fieldwork.errors import NotInField
from espi.contact.fieldwork.forgetting import forget_days_of_finishing
from espi.contact.fieldwork.recipients import recipients
from espi.contact.fieldwork.summary import keep_summary
from espi.contact.invitations.errors import KeysMissing, NobodyInvited, NothingDrawn
from espi.contact.invitations.models import DirectoryCommitment, Invitation
from espi.contact.invitations.queries import issued_by_key_stratum
from espi.contact.invitations.signing import own_identity, own_store
from espi.design.actions import advance_phase
from espi.design.models import Wave
from espi.minimum_cell import MINIMUM_CELL
from espi.platform import audit
from espi.platform.audit import Actor
from espi.signer.closing import close as close_store
from espi.tallies.actions import record_tally

State = Invitation.State


@transaction.atomic
def open_fieldwork(*, wave: Wave, actor: Actor | str) -> Wave:
    """Let the wave take answers.

    Raises:
        NothingDrawn: there is no sample.
        NobodyInvited: there is one, and nobody has an invitation.
        KeysMissing: keys and invitations have not been committed to.
    """
    if not wave.has_reached(Wave.Phase.DRAWN):
        raise NothingDrawn(wave=wave.code)
    if not Invitation.objects.filter(wave=wave).exists():
        raise NobodyInvited(wave=wave.code)
    if not DirectoryCommitment.objects.filter(wave=wave).exists():
        raise KeysMissing(what="espi directory export")
    return advance_phase(wave=wave, to=Wave.Phase.FIELD, actor=actor)


@transaction.atomic
def plan_campaign(
    *, wave: Wave, kind: str, actor: Actor | str, now: datetime
) -> tuple[Campaign, bool]:
    """Put the invitation or the reminder of a wave into the outbox; planned again, nothing changes.

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


def close_fieldwork(*, wave: Wave, actor: Actor | str) -> Path | None:
    """Take no more answers; where the signer is ours, destroy its keys and keep its statement.

    The bank goes on knowing who has finished, and forgets when: the day, here and at a signer of
    ours, and what it could be inferred from, which is reminders and times of delivery. Counts per
    day are kept. Called again after an interruption, it completes what the first call began.

    Returns:
        The folder of the signer's statement, or nothing where another body closes its signer.
    """
    _close_in_this_bank(wave, actor)
    if settings.SIGNER_URL:
        return None
    # After the commit: the phase could be rolled back, but destroyed keys could not come back.
    store = own_store(wave)
    note, used = close_store(
        store=store, wave_code=wave.code, minimum=wave.minimum_cell, by=own_identity()
    )
    folder: Path = settings.STORAGE / "closing" / wave.code
    write_atomically(folder / "closing.note", note.encode(), mode=PUBLIC)
    write_atomically(folder / "used.bin", used, mode=PUBLIC)
    issued = sum(store.issued().values())
    audit.record(actor, "invitations.destroy_keys", wave=wave.code, signatures=issued)
    return folder


@transaction.atomic
def _close_in_this_bank(wave: Wave, actor: Actor | str) -> None:
    advance_phase(wave=wave, to=Wave.Phase.CLOSED, actor=actor)
    # Before anything is forgotten: a message that left later would bring a delivery time with it.
    cancel_wave(wave_code=wave.code)
    Invitation.objects.filter(wave=wave, state=State.OPEN).update(state=State.EXPIRED)
    # The summary counts the rows that the next two steps make equal.
    keep_summary(wave=wave)
    forget_days_of_finishing(wave=wave)
    forget_course(wave_code=wave.code)
    # Zero tells of nobody; a count from one to the minimum less one could, and may not cross.
    for code, count in issued_by_key_stratum(wave).items():
        if count == 0 or count >= MINIMUM_CELL:
            record_tally(wave_code=wave.code, stratum_code=code, kind="issued", count=count)
