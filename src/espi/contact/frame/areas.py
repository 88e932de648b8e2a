"""The service areas of a list: how many people each has, and a template that names them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count

from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.files import ListTable
from espi.contact.frame.models import Person
from espi.contact.frame.queries import EXAMPLE, ListName
from espi.design.models import Agency, Group, ServiceArea
from espi.design.services import areas_of_agency


@dataclass(frozen=True, slots=True)
class AreaCount:
    """How many people of a list a service area has.

    Attributes:
        area: none for people of no area of the register.
        accepted: who can be drawn.
        ineligible: who cannot.
    """

    area: ServiceArea | None
    accepted: int
    ineligible: int


def area_counts(name: ListName) -> list[AreaCount]:
    """Return the people of each service area of a list; none where the wave has no register.

    Areas without people are there, too: the agency may have forgotten them.
    """
    areas = _areas(name)
    people = Person.objects.filter(wave=name.wave, agency__code=name.agency_code, group=name.group)
    rows = people.values_list("area", "eligible").annotate(count=Count("pk"))
    codes = {area.code for area in areas}
    counts: Counter[tuple[str, bool]] = Counter()
    for code, eligible, count in rows:
        counts[code if code in codes else "", eligible] += count
    shown: list[ServiceArea | None] = [*areas]
    if areas and (counts["", True] or counts["", False]):
        shown.append(None)
    return [
        AreaCount(
            area, counts[area.code if area else "", True], counts[area.code if area else "", False]
        )
        for area in shown
    ]


def template_of(name: ListName) -> ListTable:
    """Return an empty list of an agency and group with one example, and a row for each known name.

    The further rows have the name of a service or unit alone: whoever leaves them in the file gets
    them back, and nobody is made up.
    """
    rows: list[dict[str, str]] = []
    for area in _areas(name):
        cells = {"unit": area.label} if name.group == Group.INTERNAL else {"layanan": area.label}
        if name.group == Group.EXTERNAL and area.unit:
            cells["unit"] = area.unit
        rows.append(cells if rows else EXAMPLE | cells)
    return ListTable(
        COLUMNS,
        tuple(tuple(row.get(column, "") for column in COLUMNS) for row in rows or [EXAMPLE]),
    )


def _areas(name: ListName) -> list[ServiceArea]:
    agency = Agency.objects.get(code=name.agency_code)
    return areas_of_agency(name.wave, agency, name.group)
