"""Which service areas will speak by the plan of the draw, for page, command and CSV."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count

from espi.contact.frame.models import Person
from espi.contact.sampling.queries import draw_of, plan_of_draw, planned
from espi.design.models import ServiceArea, Wave
from espi.design.queries import surveyed_strata
from espi.design.services import service_areas
from espi.method.sampling.speaking import AreaPart, PlannedArea, Voice, voices

HEADER = ("agency", "group", "code", "name_id", "name_en", "category", "eligible", "expected",
          "shown")  # fmt: skip

AreaKey = tuple[str, str, str]  # codes of agency and group, and of the area


@dataclass(frozen=True, slots=True)
class SpeakingArea:
    """A service area with what the plan of the draw promises of it.

    Attributes:
        eligible: its people who can be drawn.
        expected: answers, by the rate of the draw and the response that the wave expects.
        voice: what will be shown of it.
    """

    area: ServiceArea
    eligible: int
    expected: float
    voice: Voice

    def row(self) -> tuple[str, ...]:
        """Return its cells under ``HEADER``."""
        area = self.area
        return (
            area.agency.code, area.group, area.code, area.name["id"], area.name["en"],
            area.category, str(self.eligible), f"{self.expected:.1f}", self.voice.value,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class SpeakingAgency:
    """The service areas of one agency and group."""

    code: str
    name: str
    group: str
    group_label: str
    areas: tuple[SpeakingArea, ...]

    @property
    def own(self) -> int:
        """How many areas have a result of their own."""
        return self._count(Voice.OWN)

    @property
    def joined(self) -> int:
        """How many are shown with others of their category."""
        return self._count(Voice.JOINED)

    @property
    def silent(self) -> int:
        """How many are not shown."""
        return self._count(Voice.SILENT)

    def _count(self, voice: Voice) -> int:
        return sum(area.voice == voice for area in self.areas)


def speaking_agencies(wave: Wave) -> list[SpeakingAgency]:
    """Return which service areas will speak, by agency and group; none without a register.

    Agencies that were dropped are left out: nobody of them is drawn.
    """
    surveyed = set(surveyed_strata(wave).values_list("agency__code", flat=True))
    parts = _parts(wave)
    areas = [area for area in service_areas(wave) if area.agency.code in surveyed]
    return [
        _agency(list(group), parts, wave.minimum_cell)
        for _key, group in groupby(areas, key=lambda area: (area.agency.code, area.group))
    ]


def _parts(wave: Wave) -> dict[AreaKey, list[AreaPart]]:
    """Return the people of each area by stratum, with their chance to be drawn and to answer."""
    draw = draw_of(wave)
    chance: dict[str, float] = {}
    for plan in plan_of_draw(draw) if draw else planned(wave):
        response = float(wave.expected_response[plan.group])
        share = plan.invited / plan.population if plan.population else 0.0
        chance |= dict.fromkeys(plan.members, share * response)
    rows = Person.objects.filter(wave=wave, eligible=True).exclude(area="")
    fields = ("agency__code", "group", "area", "stratum__code")
    parts: dict[AreaKey, list[AreaPart]] = defaultdict(list)
    for agency, group, area, stratum, count in rows.values_list(*fields).annotate(n=Count("pk")):
        parts[agency, group, area].append(AreaPart(count, chance.get(stratum, 0.0)))
    return parts


def _agency(
    areas: list[ServiceArea], parts: Mapping[AreaKey, list[AreaPart]], minimum: int
) -> SpeakingAgency:
    first = areas[0]
    plans = [
        PlannedArea(
            area.code,
            area.category,
            tuple(parts.get((area.agency.code, area.group, area.code), ())),
        )
        for area in areas
    ]
    shown = tuple(
        SpeakingArea(area, plan.eligible, plan.expected, voice)
        for area, plan, voice in zip(areas, plans, voices(plans, minimum), strict=True)
    )
    label = str(first.get_group_display())
    return SpeakingAgency(first.agency.code, first.agency.name, first.group, label, shown)


def rows(agencies: list[SpeakingAgency]) -> Iterator[tuple[str, ...]]:
    """Yield the rows of the CSV, one for each area."""
    for agency in agencies:
        for area in agency.areas:
            yield area.row()
