"""Forget during fieldwork which blinded messages were signed, and in which order people finished.

The closing forgets the rest, among it the day (``espi.contact.fieldwork.forgetting``).
"""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.db import transaction

from espi.contact.invitations.models import Invitation
from espi.contact.invitations.signing import own_store
from espi.design.models import Wave
from espi.platform import engine
from espi.signer.store import DAYS_ON_A_DEVICE


def forget_questions(*, wave: Wave, today: date) -> int:
    """Forget blinded messages that no browser can ask about any more; every night.

    Where the signer is ours, it forgets them, too.

    Returns:
        How many blinded messages this registry forgot.
    """
    last = today - timedelta(days=DAYS_ON_A_DEVICE)
    asked = Invitation.objects.filter(wave=wave, finished_on__lt=last).exclude(blinded_hash=None)
    if not settings.SIGNER_URL:
        own_store(wave).forget(today)
    count = asked.update(blinded_hash=None)
    forget_order_of_finishing(wave=wave)
    return count


@transaction.atomic
def forget_order_of_finishing(*, wave: Wave) -> None:
    """Write the rows of all who have finished anew, in one transaction, sorted by a random number.

    For PostgreSQL, where a row moves and gets a transaction number when its person finishes; rows
    of SQLite never move.
    """
    if engine.is_postgresql():
        finished = Invitation.objects.filter(wave=wave, state=Invitation.State.FINISHED)
        finished.update(state=Invitation.State.FINISHED)
        engine.forget_order(Invitation._meta.db_table, by="reference")
