"""What a personal code is for, and whether it can be used today."""

from __future__ import annotations

from datetime import date

from espi.anonymity.v1 import codes
from espi.contact.dispatch.queries import is_stopped
from espi.contact.invitations.commitment import proofs_of
from espi.contact.invitations.models import Invitation
from espi.contact.tickets.errors import MistypedCode, UnknownCode, WaveClosed
from espi.design.models import Wave


def by_code(text: str) -> Invitation:
    """Return the invitation of a personal code as somebody gave it.

    Raises:
        MistypedCode: the text cannot be a code.
        UnknownCode: no invitation has it.
    """
    try:
        digest = codes.code_hash(codes.normalise_code(text))
    except codes.MalformedCode:
        raise MistypedCode from None
    found = Invitation.objects.select_related(
        "wave", "key_stratum", "stratum__agency", "case__person"
    ).filter(code_hash=digest)
    if (invitation := found.first()) is None:
        raise UnknownCode
    return invitation


def takes_answers(wave: Wave, today: date) -> bool:
    """Say whether a wave takes answers on a day."""
    return wave.phase == Wave.Phase.FIELD and today <= wave.closes_on


def is_served(invitation: Invitation, today: date) -> bool:
    """Say whether an invitation can be used, or asked about again after its reply was lost.

    The last day is for those who begin: who got a signature on it may fetch it the day after.
    """
    begun = invitation.state == Invitation.State.FINISHED
    in_field = invitation.wave.phase == Wave.Phase.FIELD
    return in_field and (begun or takes_answers(invitation.wave, today))


def describe(text: str, *, today: date) -> dict[str, object]:
    """Return what the booth may know of an invitation; nothing is changed.

    Raises:
        TicketRefused: mistyped, unknown, or the wave takes no answers.
    """
    invitation = by_code(text)
    wave, stratum = invitation.wave, invitation.stratum
    if not is_served(invitation, today):
        raise WaveClosed
    instrument = wave.instruments.get(group=stratum.group)
    return {
        "state": "stopped" if is_stopped(invitation.reference) else invitation.state,
        "wave": wave.title,
        "round": wave.code,
        "agency": {"code": stratum.agency.code, "name": stratum.agency.name},
        "group": stratum.group,
        "stratum": stratum.code,
        "unit": invitation.case.person.unit if invitation.case else "",
        "channel": stratum.channel,
        "key_stratum": invitation.key_stratum.code,
        "instrument": {
            "code": instrument.code,
            "version": instrument.version,
            "digest": instrument.digest,
        },
        "closes_on": wave.closes_on.isoformat(),
        "language": invitation.language,
        "proofs": proofs_of(invitation, codes.normalise_code(text)),
    }
