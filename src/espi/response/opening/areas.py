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
MOST = 0.8  # least share of its answers that an area must be named in, for its estimate to be of it

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

    An area of which most records lie in strata with too few of them is joined to its category in
    that agency; what is still too small has no label. The few who rate an area from an unexpected
    stratum lose the label there alone; where they would be too few without one, some records of
    the largest areas of that stratum, chosen by their random names, lose theirs with them.

    Args:
        frame: with joined strata, and ``channel``.
        register: of the wave.
        minimum: least records of a combination.
    """
    rows: list[tuple[str | int, ...]] = []
    joined: list[JoinedArea] = []
    unnamed = 0
    for domain, sizes in sorted(_sizes(frame).items()):
        agency, group, channel = domain
        whole = {
            label: label if _stands(cells, minimum) else register.category(agency, group, label)
            for label, cells in sizes.items()
        }
        division = divide(_under_their_names(sizes, whole), minimum)
        for label, name in sorted(whole.items()):
            into = NO_AREA if name in division.gone else name
            unnamed += into != label
            if into != label and register.has(agency, group, label):
                joined.append(JoinedArea(agency, group, channel, label, into))
            for cell in sizes[label]:
                shown = name if name in division.named[cell] else NO_AREA
                rows.append((*domain, *cell, label, shown, division.given_up.get((cell, name), 0)))
    return NamedAreas(_renamed(frame, rows), tuple(joined), unnamed)


@dataclass(frozen=True, slots=True)
class Division:
    """Which labels of a domain are named, and where.

    Attributes:
        gone: labels that are named nowhere.
        named: in each cell, the labels that are named there.
        given_up: by cell and label, how many records lose the label so that others are not alone.
    """

    gone: frozenset[str]
    named: Mapping[Class, Mapping[str, int]]
    given_up: Mapping[tuple[Class, str], int]


def divide(sizes: Sizes, minimum: int) -> Division:
    """Return which labels may be named, so that no cell has a few records with or without one.

    Args:
        sizes: records of each label in each cell of stratum and questionnaire.
        minimum: the least that a cell may have of a label, and without one.
    """
    cells: dict[Class, dict[str, int]] = defaultdict(dict)
    for label, counts in sizes.items():
        for cell, n in counts.items():
            cells[cell][label] = n
    gone = {NO_AREA}
    while True:
        named: dict[Class, dict[str, int]] = {}
        given_up: dict[tuple[Class, str], int] = {}
        for cell, of_label in cells.items():
            large = {k: n for k, n in of_label.items() if k not in gone and n >= minimum}
            named[cell], taken = _with_enough_unnamed(large, sum(of_label.values()), minimum)
            given_up |= {(cell, label): n for label, n in taken.items()}
        fallen = {
            label
            for label, counts in sizes.items()
            if label not in gone
            and sum(n for cell, n in counts.items() if label in named[cell])
            < MOST * sum(counts.values())
        }
        if not fallen:
            return Division(frozenset(gone), named, given_up)
        gone |= fallen


def _with_enough_unnamed(
    named: dict[str, int], total: int, minimum: int
) -> tuple[dict[str, int], dict[str, int]]:
    """Return the labels of a cell that stay, and what each gives up to those without one."""
    while 0 < (without := total - sum(named.values())) < minimum and named:
        need = minimum - without
        if sum(n - minimum for n in named.values()) >= need:
            taken: dict[str, int] = {}
            for label in sorted(named, key=lambda label: (-named[label], label)):
                taken[label] = min(need, named[label] - minimum)
                need -= taken[label]
            return named, {label: n for label, n in taken.items() if n}
        smallest = min(named, key=lambda label: (named[label], label))
        named = {label: n for label, n in named.items() if label != smallest}
    return named, {}


def _stands(cells: Mapping[Class, int], minimum: int) -> bool:
    """Return whether most of a label's records lie in cells that have enough of it."""
    return sum(n for n in cells.values() if n >= minimum) >= MOST * sum(cells.values())


def _under_their_names(sizes: Sizes, names: Mapping[str, str]) -> Sizes:
    """Return the sizes with joined labels under one name."""
    together: dict[str, dict[Class, int]] = defaultdict(lambda: defaultdict(int))
    for label, cells in sizes.items():
        for cell, n in cells.items():
            together[names[label]][cell] += n
    return together


def _sizes(frame: pl.DataFrame) -> dict[Class, Sizes]:
    """Return for each domain how many records of each label are in each cell."""
    sizes: dict[Class, dict[str, dict[Class, int]]] = defaultdict(lambda: defaultdict(dict))
    for *keys, n in frame.group_by(*DOMAIN, *CELL, "area").len().iter_rows():
        agency, group, channel, stratum, sheet, label = keys
        sizes[agency, group, channel][label][stratum, sheet] = n
    return {domain: dict(labels) for domain, labels in sizes.items()}


def _renamed(frame: pl.DataFrame, rows: Sequence[tuple[str | int, ...]]) -> pl.DataFrame:
    """Return the records under the names of ``rows``; the first of random names give theirs up."""
    keys = (*DOMAIN, *CELL, "area")
    schema = dict.fromkeys((*keys, "name"), pl.String) | {"given_up": pl.Int64}
    listed = pl.DataFrame(rows, schema, orient="row")
    named = frame.join(listed, on=keys, how="left", maintain_order="left")
    rank = pl.col("record").rank("ordinal").over(*DOMAIN, *CELL, "name")
    area = pl.when(rank > pl.col("given_up")).then("name").otherwise(pl.lit(NO_AREA))
    return named.with_columns(area.alias("area")).drop("name", "given_up")
