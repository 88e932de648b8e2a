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
from espi.signer.client import Signer
from espi.signer.errors import (
    KeysDestroyed,
    NotSignable,
    SignedAlready,
    SignerUnreachable,
    UnknownInvitation,
)
from espi.signer.requests import SigningRequest

State = Invitation.State


def take_ticket(*, code: str, blinded: bytes, signer: Signer, today: date) -> bytes:
    """Give the one signature of an invitation; the same blinded message gets the same signature.

    The signer notes the blinded message before it answers, and this registry before it passes the
    answer on: whatever breaks off in between, nobody gets two signatures, and whoever lost the
    reply can ask again. Of the time only the day is kept, and nothing is queued.

    Raises:
        TicketRefused: mistyped, unknown, used, stopped, or the wave is closed.
    """
    invitation = by_code(code)
    if not is_served(invitation, today):
        raise WaveClosed
    blinded_hash = sha256(blinded).digest()
    if invitation.state == State.OPEN and is_stopped(invitation.reference):
        raise PersonStopped
    if invitation.blinded_hash is not None and bytes(invitation.blinded_hash) != blinded_hash:
        raise AlreadyUsed
    signature = _signature(invitation, code, blinded, signer=signer, today=today)
    note_finished(invitation, blinded_hash, today)
    return signature


def _signature(
    invitation: Invitation, code: str, blinded: bytes, *, signer: Signer, today: date
) -> bytes:
    """Ask the signer, and turn its refusals into sentences for the respondent."""
    wave, key_stratum = invitation.wave.code, invitation.key_stratum.code
    invitation_hash = invite_hash(wave, key_stratum, codes.normalise_code(code))
    try:
        return signer.sign(SigningRequest(wave, key_stratum, invitation_hash, blinded), today=today)
    except NotSignable:
        raise MalformedRequest from None
    except KeysDestroyed:
        raise WaveClosed from None
    except UnknownInvitation:
        raise NotCommitted from None
    except SignerUnreachable:
        raise SignerAway from None
    except SignedAlready:
        # For another blinded message, in a request that broke off before this registry noted it.
        # Noted now: else the person would be reminded for ever of an invitation that is used.
        still_open = Invitation.objects.filter(pk=invitation.pk, state=State.OPEN)
        still_open.update(state=State.FINISHED, finished_on=today)
        raise AlreadyUsed from None


@transaction.atomic
def note_finished(invitation: Invitation, blinded_hash: bytes, today: date) -> None:
    """Mark an invitation as used by one blinded message, unless another was first.

    Raises:
        AlreadyUsed: another blinded message was first.
        WaveClosed: the wave was closed in between.
    """
    # Only the row's own columns: with a condition on the wave, PostgreSQL would test "open" in a
    # subquery that it does not look at again after waiting for the row, and sign twice. A wave
    # that closes in between has made the row "expired", so its phase need not be asked here.
    still_open = Invitation.objects.filter(pk=invitation.pk, state=State.OPEN)
    # Messages that have not left are not touched here: they would lie in the order of finishing.
    # Each is cancelled when its turn comes (espi.contact.dispatch.wanted).
    if still_open.update(state=State.FINISHED, finished_on=today, blinded_hash=blinded_hash):
        return
    unnoted = Invitation.objects.filter(pk=invitation.pk, state=State.FINISHED, blinded_hash=None)
    # The signer vouches that this is the message it signed: with another it would have refused.
    if unnoted.update(blinded_hash=blinded_hash):
        return
    present = Invitation.objects.get(pk=invitation.pk)
    if bytes(present.blinded_hash or b"") != blinded_hash:
        raise AlreadyUsed if present.state == State.FINISHED else WaveClosed
