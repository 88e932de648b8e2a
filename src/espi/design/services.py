"""The register of service areas of a wave."""

from __future__ import annotations

from collections.abc import Iterable

from espi.design.models import Agency, ServiceArea, Wave
from espi.design.spellings import KnownNames


def service_areas(wave: Wave) -> list[ServiceArea]:
    """Return all service areas of a wave, by agency, group and code."""
    areas = wave.service_areas.select_related("agency")
    return list(areas.order_by("agency__code", "group", "code"))


def areas_of_agency(wave: Wave, agency: Agency, group: str) -> list[ServiceArea]:
    """Return what the agency is rated on by one group, in the order of the codes."""
    return list(wave.service_areas.filter(agency=agency, group=group).order_by("code"))


def names_of_areas(wave: Wave, group: str) -> dict[tuple[str, str], ServiceArea]:
    """Return the service areas of a group by code of agency and code of area."""
    return {
        (area.agency.code, area.code): area
        for area in wave.service_areas.filter(group=group).select_related("agency")
    }


def known_names(areas: Iterable[ServiceArea]) -> KnownNames:
    """Return by which texts a list names the areas: code, name in either language, spelling."""
    return KnownNames(
        (area.code, text)
        for area in areas
        for text in (area.label, *area.name.values(), area.code, *area.spellings)
    )
