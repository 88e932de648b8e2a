"""Whom a campaign writes to, and what it costs."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format

from espi.contact.dispatch.actions import Recipient
from espi.contact.dispatch.queries import stopped_recipients
from espi.contact.invitations.models import Invitation
from espi.design.models import Wave

GROUPS = {
    "internal": {"id": "pegawai", "en": "staff"},
    "external": {"id": "pengguna layanan", "en": "service users"},
    "expert": {"id": "narasumber ahli", "en": "experts"},
}
PRICES = {"whatsapp": 0.0411, "email": 0.0005}  # USD a message; marketing rate of Indonesia, 2026


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
