"""Which service area a record is about, and what becomes of areas with few answers.

What was sealed names a service, and the unit of the list. A record leaves with one label for both,
``area``: two would cross, and single out the few who rate a service from an unexpected unit.
``docs/decisions/0086-one-label-for-service-and-unit.md`` says why.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from espi.response.opening.facts import RegisteredArea
from espi.service_categories import PREFIX, category_of_label

NO_AREA = ""  # in place of an area that is withheld, or of which none is known
INTERNAL = "internal"
DOMAIN = ("agency", "group", "channel")
CELL = ("stratum", "instrument")

Class = tuple[str, ...]
Sizes = Mapping[str, Mapping[Class, int]]  # records of each label in each cell of a domain


@dataclass(frozen=True, slots=True)
class JoinedArea:
    """An area of the register that had too few answers to be named.

    Attributes:
        into: ``category:<code>``, whose label its records carry, or "" where they carry none.
    """

    agency: str
    group: str
    channel: str
    area: str
    into: str

    def to_json(self) -> dict[str, str]:
        """Return the area as the report of an opening has it."""
        return {
            "agency": self.agency,
            "group": self.group,
            "channel": self.channel,
            "area": self.area,
            "into": self.into,
        }


@dataclass(frozen=True, slots=True)
class NamedAreas:
    """Records in which every area that is named has enough answers.

    Attributes:
        joined: areas of the register that are not named, by agency, group, channel and code.
        unnamed: how many areas and units lost their name, in every agency, group and channel.
    """

    frame: pl.DataFrame
    joined: tuple[JoinedArea, ...]
    unnamed: int


class Register:
    """The service areas of a wave, as an opening looks them up."""

    def __init__(self, areas: Iterable[RegisteredArea]) -> None:
        self._areas: dict[tuple[str, str], dict[str, RegisteredArea]] = defaultdict(dict)
        self._by_name: dict[tuple[str, str, str], str] = {}
        for area in areas:
            self._areas[area.agency, area.group][area.code] = area
            for name in (area.code, *area.names):
                self._by_name.setdefault((area.agency, area.group, _plain(name)), area.code)

    def area(self, agency: str, group: str, unit: str, service: str) -> str:
        """Return the label of what a record is about.

        Args:
            agency: that is rated.
            group: of the respondent.
            unit: as the list named it.
            service: as it was sealed; anybody may seal anything, so what is unknown counts as none.
        """
        areas = self._areas.get((agency, group))
        unit = NO_AREA if unit.startswith(PREFIX) else unit
        if areas is None:
            return unit
        if service in areas or category_of_label(service) is not None:
            return service
        if group != INTERNAL:
            return NO_AREA
        return self._by_name.get((agency, group, _plain(unit)), unit)

    def category(self, agency: str, group: str, label: str) -> str:
        """Return the label of an area's category; the label itself where it has none."""
        area = self._areas.get((agency, group), {}).get(label)
        return f"{PREFIX}{area.category}" if area else label

    def has(self, agency: str, group: str, label: str) -> bool:
        """Return whether the label is the code of an area."""
        return label in self._areas.get((agency, group), {})


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def with_areas(records: pl.DataFrame, register: Register) -> pl.DataFrame:
    """Return the records with ``area`` in place of ``unit`` and ``service``."""
    sealed = ("agency", "group", "unit", "service")
    labels = [register.area(*row) for row in records.select(sealed).iter_rows()]
    return records.drop("unit", "service").with_columns(pl.Series("area", labels, dtype=pl.String))


def name_areas(frame: pl.DataFrame, register: Register, minimum: int) -> NamedAreas:
    """Leave the name of an area only where all that it forms with other labels is large enough.

    An area with too few records in a stratum is joined to its category in that agency, in all of
    its strata, so that its estimate is of all its answers or there is none; what is still too
    small then loses its label, smallest first, until in each stratum nobody is without one or
    enough are.

    Args:
        frame: with joined strata, and ``channel``.
        register: of the wave.
        minimum: least records of a combination.
    """
    names: dict[Class, dict[str, str]] = {}
    for domain, sizes in _sizes(frame).items():
        agency, group, _channel = domain
        names[domain] = {
            label: register.category(agency, group, label) if _least(cells) < minimum else label
            for label, cells in sizes.items()
        }
    for domain, sizes in _sizes(_renamed(frame, names)).items():
        gone = _unnamed(sizes, minimum)
        names[domain] = {
            label: NO_AREA if name in gone else name for label, name in names[domain].items()
        }
    changed = [
        (*domain, label, name)
        for domain, renamed in names.items()
        for label, name in renamed.items()
        if label != name
    ]
    joined = [
        JoinedArea(agency, group, channel, label, name)
        for agency, group, channel, label, name in sorted(changed)
        if register.has(agency, group, label)
    ]
    return NamedAreas(_renamed(frame, names), tuple(joined), len(changed))


def _sizes(frame: pl.DataFrame) -> dict[Class, Sizes]:
    """Return for each domain how many records of each label are in each cell."""
    sizes: dict[Class, dict[str, dict[Class, int]]] = defaultdict(lambda: defaultdict(dict))
    for *keys, n in frame.group_by(*DOMAIN, *CELL, "area").len().iter_rows():
        agency, group, channel, stratum, sheet, label = keys
        sizes[agency, group, channel][label][stratum, sheet] = n
    return {domain: dict(labels) for domain, labels in sizes.items()}


def _least(cells: Mapping[Class, int]) -> int:
    return min(cells.values())


def _renamed(frame: pl.DataFrame, names: Mapping[Class, Mapping[str, str]]) -> pl.DataFrame:
    rows: Sequence[Class] = [
        (*domain, label, name)
        for domain, renamed in names.items()
        for label, name in renamed.items()
    ]
    keys = (*DOMAIN, "area")
    listed = pl.DataFrame(rows, dict.fromkeys((*keys, "name"), pl.String), orient="row")
    named = frame.join(listed, on=keys, how="left", maintain_order="left")
    return named.with_columns(pl.col("name").alias("area")).drop("name")


def _unnamed(units: Sizes, minimum: int) -> set[str]:
    """Return the labels that are withheld, so that in no cell a few records are without one.

    Args:
        units: records of each label in each cell of stratum and questionnaire.
        minimum: the least that a cell may have, with a label or without.
    """
    gone = {unit for unit, cells in units.items() if _least(cells) < minimum} | {NO_AREA}
    while True:
        without: dict[Class, int] = defaultdict(int)
        for unit in gone:
            for cell, n in units.get(unit, {}).items():
                without[cell] += n
        small = {cell for cell, n in without.items() if n < minimum}
        named = [
            (sum(cells.values()), unit)
            for unit, cells in units.items()
            if unit not in gone and small & set(cells)
        ]
        if not named:
            return gone
        gone.add(min(named)[1])
