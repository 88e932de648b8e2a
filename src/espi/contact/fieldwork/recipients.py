"""Whom a campaign writes to, and about what it costs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format

from espi.contact.dispatch.actions import Recipient
from espi.contact.dispatch.queries import stopped_recipients
from espi.contact.frame.models import Person
from espi.contact.invitations.models import Invitation
from espi.design.models import Group, ServiceArea, Wave
from espi.design.services import names_of_areas

GROUPS = {
    "internal": {"id": "pegawai", "en": "staff"},
    "external": {"id": "pengguna layanan", "en": "service users"},
    "expert": {"id": "narasumber ahli", "en": "experts"},
}
PRICES = {"whatsapp": 0.0411, "email": 0.0005}  # USD a message; marketing rate of Indonesia, 2026


@dataclass(frozen=True, slots=True)
class CampaignCost:
    """How many people a campaign would write to, and about what it would cost.

    Attributes:
        by_whatsapp: people with a phone number; their e-mail is sent only if WhatsApp fails.
        by_email: people who have an e-mail address alone.
        us_dollars: for the first message to each of them, in US dollars, rounded to cents.
    """

    by_whatsapp: int
    by_email: int
    us_dollars: float


def unfinished(wave: Wave) -> QuerySet[Invitation]:
    """Return the invitations of drawn people who have neither finished nor said stop."""
    drawn = Invitation.objects.filter(wave=wave, origin=Invitation.Origin.SAMPLE)
    still_open = drawn.filter(state=Invitation.State.OPEN)
    return still_open.exclude(reference__in=stopped_recipients()).select_related(
        "case__person__agency"
    )


def recipients(wave: Wave) -> Iterator[Recipient]:
    """Return the people whom a campaign of the wave would write to now."""
    last_day = {}
    for language in ("id", "en"):
        with translation.override(language):
            last_day[language] = date_format(wave.closes_on, "j F Y")
    areas = names_of_areas(wave, Group.EXTERNAL) | names_of_areas(wave, Group.INTERNAL)
    # In chunks: a national wave has three million invitations, which do not fit into memory.
    for invitation in unfinished(wave).iterator(chunk_size=1000):
        case, language = invitation.case, invitation.language
        if case is None:  # slips and planted invitations belong to nobody
            continue
        person = case.person
        yield Recipient(
            reference=invitation.reference,
            phone=person.phone,
            email=person.email,
            language=language,
            variables={
                "instansi": one_line(person.agency.name),
                "layanan": _service(person, areas, language),
                "penutupan": one_line(last_day[language]),
            },
        )


def one_line(text: str) -> str:
    """Return a text for a template, with single blanks and nothing else between its words.

    WhatsApp refuses a whole message for a line break, a tab or five blanks in one of its values.
    """
    return " ".join(text.split())


def _service(person: Person, areas: Mapping[tuple[str, str], ServiceArea], language: str) -> str:
    """Return what the message is about: by its name in the register, or as the list has it."""
    if (area := areas.get((person.agency.code, person.area))) is not None:
        return one_line(area.name[language])
    return one_line(person.service) or one_line(person.unit) or GROUPS[person.group][language]


def campaign_cost(wave: Wave) -> CampaignCost:
    """Count whom a campaign planned now would write to, and estimate its cost."""
    by_whatsapp = by_email = 0
    for recipient in recipients(wave):
        if recipient.phone:
            by_whatsapp += 1
        else:
            by_email += 1
    cost = by_whatsapp * PRICES["whatsapp"] + by_email * PRICES["email"]
    return CampaignCost(by_whatsapp, by_email, round(cost, 2))
