"""Reads of invitations."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Count, QuerySet
from django.utils import translation
from django.utils.formats import date_format

from espi.anonymity.v1 import codes
from espi.contact.dispatch.actions import Recipient
from espi.contact.dispatch.queries import is_stopped, stopped_recipients
from espi.contact.invitations.errors import MistypedCode, UnknownCode, WaveClosed
from espi.contact.invitations.models import Invitation
from espi.design.directory import directory_of
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
        "wave", "key_stratum", "case__stratum", "case__person__agency"
    ).filter(code_hash=digest)
    if (invitation := found.first()) is None:
        raise UnknownCode
    return invitation


def takes_answers(wave: Wave, today: date) -> bool:
    """Say whether a wave takes answers on a day."""
    return wave.phase == Wave.Phase.FIELD and today <= wave.closes_on


def describe(text: str, *, today: date) -> dict[str, object]:
    """Return what the booth may know of an invitation; nothing is changed.

    Raises:
        TicketRefused: mistyped, unknown, or the wave takes no answers.
    """
    invitation = by_code(text)
    wave, case = invitation.wave, invitation.case
    if not takes_answers(wave, today):
        raise WaveClosed
    instrument = wave.instruments.get(group=case.person.group)
    return {
        "state": "stopped" if is_stopped(invitation.reference) else invitation.state,
        "wave": wave.title,
        "round": wave.code,
        "agency": {"code": case.person.agency.code, "name": case.person.agency.name},
        "group": case.person.group,
        "stratum": case.stratum.code,
        "unit": case.person.unit,
        "key_stratum": invitation.key_stratum.code,
        "instrument": {
            "code": instrument.code,
            "version": instrument.version,
            "digest": instrument.digest,
        },
        "closes_on": wave.closes_on.isoformat(),
        "language": invitation.language,
    }


def unfinished(wave: Wave) -> QuerySet[Invitation]:
    """Return who has not finished and has not said stop."""
    still_open = Invitation.objects.filter(wave=wave, state=Invitation.State.OPEN)
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
        person, language = invitation.case.person, invitation.language
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
    """Return the invitation of a check code; its page tells nothing of the person."""
    text = "".join(check_code.split()).replace("-", "").upper()
    written = f"{text[:4]}-{text[4:]}"
    return Invitation.objects.select_related("wave").filter(check_code=written).first()


def directory(wave: Wave) -> dict[str, object]:
    """Return all that the booth publishes: keys, questionnaires, title and closing day."""
    return directory_of(wave) | {
        "title": wave.title,
        "year": wave.year,
        "level": wave.level,
        "closes_on": wave.closes_on.isoformat(),
        "rehearsal": wave.rehearsal,
        "instruments": {
            instrument.digest: instrument.content for instrument in wave.instruments.all()
        },
    }
