"""Where a person of a list belongs: the service area and the stratum, by the names in the row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from espi.contact.frame.models import Upload
from espi.design.models import Group, ServiceArea, Stratum
from espi.design.services import areas_of_agency, known_names
from espi.design.spellings import KnownNames, plain


@dataclass(frozen=True, slots=True)
class RowPlace:
    """Where a row belongs.

    Attributes:
        area: code of its service area; empty if none is known.
        unit: as the design spells it, or as the row does.
        stratum: none if the row names nothing that leads to one.
        reasons: why the row cannot be placed.
    """

    area: str
    unit: str
    stratum: Stratum | None
    reasons: tuple[str, ...]


class RowPlacing:
    """Finds the area and the stratum of rows of one list.

    Users are placed by the service that they used, employees by their unit. Strata follow services
    or units; a stratum with neither takes whoever belongs to no other.

    Args:
        group: of the list.
        strata: those that the list is sorted into.
        areas: the register of the agency and group; none where the wave has none.
    """

    def __init__(self, group: str, strata: Iterable[Stratum], areas: Sequence[ServiceArea]) -> None:
        self.group = group
        self.areas = {area.code: area for area in areas}
        self.names = known_names(areas)
        self._by_unit: dict[str, Stratum] = {}
        self._by_area: dict[str, Stratum] = {}
        self._everybody: Stratum | None = None
        units = [area.unit for area in areas]
        for stratum in strata:
            units += stratum.units
            self._by_unit |= {plain(unit): stratum for unit in stratum.units}
            self._by_area |= dict.fromkeys(stratum.services, stratum)
            if not stratum.units and not stratum.services:
                self._everybody = stratum
        self.units = KnownNames((unit, unit) for unit in units)

    def of(self, unit: str, service: str) -> RowPlace:
        """Return where a row with these cells belongs."""
        named = service if self.group == Group.EXTERNAL else unit
        area = self.areas.get(self.names.named_by(named))
        stratum = self._stratum(unit, area)
        reasons = tuple(self._reasons(unit, service, area, stratum))
        return RowPlace(area.code if area else "", self._unit(unit, area), stratum, reasons)

    def _stratum(self, unit: str, area: ServiceArea | None) -> Stratum | None:
        """Return the stratum of the area, else of the unit, else the one that takes all others."""
        if area and (stratum := self._by_area.get(area.code)):
            return stratum
        units = [unit, *([area.unit, *area.name.values(), *area.spellings] if area else ())]
        for name in units:
            if stratum := self._by_unit.get(plain(name)):
                return stratum
        return self._everybody

    def _unit(self, unit: str, area: ServiceArea | None) -> str:
        if spelled := self.units.named_by(unit):
            return spelled
        if area is not None and self.group == Group.INTERNAL:
            return str(area.name["id"])
        return unit.strip() or (area.unit if area else "")

    def _reasons(
        self, unit: str, service: str, area: ServiceArea | None, stratum: Stratum | None
    ) -> Iterable[str]:
        if self.group == Group.EXTERNAL and self.names and area is None:
            yield "service_unknown" if plain(service) else "service_missing"
            if self._by_area and not self._by_unit:
                return  # the unit has no part in it
        strange = self.group == Group.INTERNAL and self.names and area is None and plain(unit)
        if stratum is None or strange:
            yield "unit_unknown"


class Suggestions:
    """Known names that are most like an unknown one, for the rows that go back to an agency."""

    def __init__(self, upload: Upload) -> None:
        areas = areas_of_agency(upload.wave, upload.agency, upload.group)
        strata = upload.wave.strata.filter(agency=upload.agency, group=upload.group)
        placing = RowPlacing(upload.group, strata, areas)
        by_area = upload.group == Group.INTERNAL and bool(placing.names)
        self._names = {
            "service_unknown": ("layanan", placing.names),
            "unit_unknown": ("unit", placing.names if by_area else placing.units),
        }

    def nearest(self, reason: str, cells: Mapping[str, str]) -> list[str]:
        """Return the names nearest to the cell that a reason is about; none for other reasons."""
        if reason not in self._names:
            return []
        column, names = self._names[reason]
        return names.nearest(cells.get(column, ""))
