"""Reads of invitations."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import translation
from django.utils.formats import date_format

from espi.anonymity.v1 import codes
from espi.contact.dispatch.actions import Recipient
from espi.contact.dispatch.queries import is_stopped, stopped_recipients
from espi.contact.invitations.commitment import proofs_of
from espi.contact.invitations.errors import MistypedCode, UnknownCode, WaveClosed
from espi.contact.invitations.models import OLD_CHECK_CODE, Invitation
from espi.design.models import Wave

GROUPS = {
    "internal": {"id": "pegawai", "en": "staff"},
    "external": {"id": "pengguna layanan", "en": "service users"},
    "expert": {"id": "narasumber ahli", "en": "experts"},
}
PRICES = {"whatsapp": 0.0411, "email": 0.0005}  # USD a message; marketing rate of Indonesia, 2026


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


def finished_among(references: Collection[UUID]) -> set[UUID]:
    """Return which of some invitations are finished."""
    found = Invitation.objects.filter(reference__in=references, state=Invitation.State.FINISHED)
    return set(found.values_list("reference", flat=True))


def unfinished(wave: Wave) -> QuerySet[Invitation]:
    """Return who has not finished and has not said stop."""
    drawn = Invitation.objects.filter(wave=wave, origin=Invitation.Origin.SAMPLE)
    still_open = drawn.filter(state=Invitation.State.OPEN)
    return still_open.exclude(reference__in=stopped_recipients()).select_related(
        "case__person__agency"
    )


def recipients(wave: Wave) -> Iterator[Recipient]:
    """Return whom a campaign would write to now."""
    closing = {}
    for language in ("id", "en"):
        with translation.override(language):
            closing[language] = date_format(wave.closes_on, "j F Y")
    for invitation in unfinished(wave).iterator(chunk_size=1000):
        case, language = invitation.case, invitation.language
        if case is None:  # a slip belongs to nobody, and is not written to
            continue
        person = case.person
        yield Recipient(
            reference=invitation.reference,
            phone=person.phone,
            email=person.email,
            language=language,
            variables={
                "instansi": person.agency.name,
                "layanan": person.service or person.unit or GROUPS[person.group][language],
                "penutupan": closing[language],
            },
        )


def estimate(wave: Wave) -> dict[str, object]:
    """Return whom a campaign would reach by which way at first, and about what it would cost."""
    by_phone = by_mail = 0
    for person in recipients(wave):
        by_phone += bool(person.phone)
        by_mail += not person.phone
    cost = by_phone * PRICES["whatsapp"] + by_mail * PRICES["email"]
    return {"whatsapp": by_phone, "email": by_mail, "cost": round(cost, 2)}


def issued_by_key_stratum(wave: Wave) -> dict[str, int]:
    """Return how many signatures were given per key stratum."""
    finished = Invitation.objects.filter(wave=wave, state=Invitation.State.FINISHED)
    rows = finished.values_list("key_stratum__code").annotate(n=Count("id"))
    issued = dict.fromkeys(wave.key_strata.values_list("code", flat=True), 0)
    return issued | dict(rows)


def is_genuine(check_code: str) -> Invitation | None:
    """Return the invitation of a check code; its page tells nothing of the person.

    Codes of eight characters count for invitations that were sent them, and for no others.
    """
    try:
        code = codes.normalise_check_code(check_code)
    except codes.MalformedCode:
        return None
    invitations = Invitation.objects.select_related("wave")
    if len(code) == OLD_CHECK_CODE:
        return invitations.filter(old_check_code=code).first()
    return invitations.filter(check_code=code).first()
