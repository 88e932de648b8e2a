"""Trade the code of an invitation for its one blind signature."""

from __future__ import annotations

from datetime import date
from hashlib import sha256

from django.db import transaction

from espi.anonymity.v1 import codes
from espi.anonymity.v1.entries import invite_hash
from espi.contact.dispatch.queries import is_stopped
from espi.contact.invitations.models import Invitation
from espi.contact.tickets.errors import (
    AlreadyUsed,
    MalformedRequest,
    NotCommitted,
    PersonStopped,
    SignerAway,
    WaveClosed,
)
from espi.contact.tickets.queries import by_code, is_served
from espi.signer.client import Question, Signer
from espi.signer.errors import (
    KeysDestroyed,
    NotSignable,
    SignedAlready,
    SignerUnreachable,
    UnknownInvitation,
)

State = Invitation.State


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
    note_finished(invitation, asked, today)
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
def note_finished(invitation: Invitation, asked: bytes, today: date) -> None:
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
