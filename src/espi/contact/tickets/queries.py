"""What a personal code is for, and whether it can be used today."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from espi.anonymity.v1 import codes
from espi.contact.dispatch.queries import is_stopped
from espi.contact.invitations.commitment import InvitationProofs, proofs_of
from espi.contact.invitations.models import Invitation
from espi.contact.tickets.errors import MistypedCode, UnknownCode, WaveClosed
from espi.design.models import Group, Instrument, ServiceArea, Wave
from espi.design.services import areas_of_agency
from espi.service_categories import CATEGORIES, PERSONNEL, ServiceCategory

STOPPED = "stopped"  # the state that the booth is given for a person who said stop


@dataclass(frozen=True, slots=True)
class InvitationDetails:
    """What the booth may know of an invitation: enough to ask the right questions, and no name.

    Attributes:
        state: of ``Invitation.State``, or ``STOPPED``.
        title: of the wave, by language.
        unit: the person's unit as the agency's list has it; empty where nobody was drawn.
        channel: of ``Stratum.Channel``.
        service: code of the service area that the list named; empty where it is not known.
        services: what the agency may be rated on by this group; none without a register.
        categories: what a service can be about that is none of these; none without a register.
        proofs: that key, group and invitation are among those published before fieldwork (P15).
    """

    state: str
    wave_code: str
    title: Mapping[str, str]
    agency_code: str
    agency_name: str
    group: str
    stratum: str
    unit: str
    channel: str
    service: str
    services: tuple[ServiceArea, ...]
    categories: tuple[ServiceCategory, ...]
    key_stratum: str
    instrument: Instrument
    closes_on: date
    language: str
    proofs: InvitationProofs


def by_code(typed: str) -> Invitation:
    """Return the invitation of a personal code as somebody typed or opened it.

    Raises:
        MistypedCode: the text cannot be a code.
        UnknownCode: no invitation has it.
    """
    try:
        code_hash = codes.code_hash(codes.normalise_code(typed))
    except codes.MalformedCode:
        raise MistypedCode from None
    invitations = Invitation.objects.select_related(
        "wave", "key_stratum", "stratum__agency", "case__person"
    )
    if (invitation := invitations.filter(code_hash=code_hash).first()) is None:
        raise UnknownCode
    return invitation


def takes_answers(wave: Wave, today: date) -> bool:
    """Say whether a wave takes answers on a day."""
    return wave.phase == Wave.Phase.FIELD and today <= wave.closes_on


def is_served(invitation: Invitation, today: date) -> bool:
    """Say whether an invitation can be used, or asked about again after its reply was lost.

    The last day is for those who begin: whoever got a signature on it may fetch it again until the
    wave is closed.
    """
    begun = invitation.state == Invitation.State.FINISHED
    in_field = invitation.wave.phase == Wave.Phase.FIELD
    return in_field and (begun or takes_answers(invitation.wave, today))


def describe(typed: str, *, today: date) -> InvitationDetails:
    """Return what the booth may know of the invitation of a code; nothing is changed.

    Raises:
        TicketRefused: mistyped, unknown, or the wave takes no answers.
    """
    invitation = by_code(typed)
    wave, stratum = invitation.wave, invitation.stratum
    if not is_served(invitation, today):
        raise WaveClosed
    person = invitation.case.person if invitation.case else None
    services = tuple(areas_of_agency(wave, stratum.agency, stratum.group))
    return InvitationDetails(
        state=STOPPED if is_stopped(invitation.reference) else invitation.state,
        wave_code=wave.code,
        title=wave.title,
        agency_code=stratum.agency.code,
        agency_name=stratum.agency.name,
        group=stratum.group,
        stratum=stratum.code,
        unit=person.unit if person else "",
        channel=stratum.channel,
        service=person.area if person else "",
        services=services,
        categories=_categories(stratum.group, services),
        key_stratum=invitation.key_stratum.code,
        instrument=wave.instruments.get(group=stratum.group),
        closes_on=wave.closes_on,
        language=invitation.language,
        proofs=proofs_of(invitation, codes.normalise_code(typed)),
    )


def _categories(group: str, services: tuple[ServiceArea, ...]) -> tuple[ServiceCategory, ...]:
    """Return what "none of these" may be about: of employees only what the register has of them."""
    if not services:
        return ()
    if group == Group.INTERNAL:
        codes = {PERSONNEL.code, *(area.category for area in services)}
    else:
        codes = CATEGORIES.keys() - {PERSONNEL.code}
    return tuple(category for code, category in CATEGORIES.items() if code in codes)
