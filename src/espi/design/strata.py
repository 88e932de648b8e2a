"""Reads the strata of a wave, ``strata.csv`` of the design folder.

A stratum takes the people of some units or of some services, or everybody of its agency and group.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from espi.design.errors import DesignFileFaulty
from espi.design.models import Group, Stratum
from espi.design.register import ServiceRow
from espi.design.spellings import plain
from espi.design.tables import Row, read_table, refuse_codes, split_cell

FILE = "strata.csv"
COLUMNS = (
    "code", "agency", "group", "label_id", "label_en",
    "key_stratum", "key_label_id", "key_label_en", "units",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A row of ``strata.csv``.

    Attributes:
        label: by language.
        key_stratum: code of the group of strata that share a signing key.
        key_label: of the key stratum, by language.
        units: names of the agency's units whose people belong to the stratum.
        services: codes of service areas whose people belong to it; no units and no services: all.
        channel: how its people come, one of ``Stratum.Channel``.
    """

    code: str
    agency: str
    group: str
    label: dict[str, str]
    key_stratum: str
    key_label: dict[str, str]
    units: tuple[str, ...]
    services: tuple[str, ...]
    channel: str


def read_strata(
    directory: Path, agencies: Collection[str], services: Sequence[ServiceRow]
) -> tuple[StratumRow, ...]:
    """Return the strata of a wave.

    Args:
        directory: the design folder.
        agencies: codes of the agencies of the wave.
        services: its register.

    Raises:
        DesignFileFaulty: an unknown agency, group, channel or service; a unit or service that
            belongs to two strata, or a service to none where strata follow services.
    """
    rows = read_table(directory / FILE, COLUMNS)
    strata = tuple(map(_stratum, rows))
    refuse_codes(FILE, "code", (row.code for row in strata))
    refuse_codes(FILE, "key_stratum", (row.key_stratum for row in strata))
    _refuse_unknown(agencies, strata)
    refuse_overlaps(strata, services)
    return strata


def _stratum(row: Row) -> StratumRow:
    return StratumRow(
        code=row["code"],
        agency=row["agency"],
        group=row["group"],
        label={"id": row["label_id"], "en": row["label_en"]},
        key_stratum=row["key_stratum"],
        key_label={"id": row["key_label_id"], "en": row["key_label_en"]},
        units=split_cell(row["units"]),
        services=split_cell(row.get("services", "")),
        channel=row.get("channel") or Stratum.Channel.SAMPLE,
    )


def _refuse_unknown(codes: Collection[str], strata: Iterable[StratumRow]) -> None:
    """Refuse strata of agencies, groups or channels that there are not."""
    for row in strata:
        if row.agency not in codes or row.group not in Group.values:
            raise _faulty(f"{row.code}: unknown agency or group")
        if row.channel not in Stratum.Channel.values:
            channels = ", ".join(Stratum.Channel.values)
            raise _faulty(f"{row.code}: the channel must be one of {channels}")


def refuse_overlaps(strata: Iterable[StratumRow], services: Sequence[ServiceRow]) -> None:
    """Refuse strata of one agency and group between which a person could not be placed.

    Only strata that are drawn from lists are compared: slips and interviews place nobody.

    Raises:
        DesignFileFaulty: a code that the register does not have, units and services in one
            stratum, a unit or service in two strata, or a service in none.
    """
    registered: dict[tuple[str, str], set[str]] = {}
    for service in services:
        registered.setdefault((service.agency, service.group), set()).add(service.code)
    sampled = [row for row in strata if row.channel == Stratum.Channel.SAMPLE]
    for key, rows in groupby(sorted(sampled, key=_domain), key=_domain):
        siblings = list(rows)
        _refuse_services(siblings, registered.get(key, set()))
        _refuse_twice(siblings)


def _domain(row: StratumRow) -> tuple[str, str]:
    return row.agency, row.group


def _refuse_services(siblings: Sequence[StratumRow], registered: set[str]) -> None:
    """Refuse unknown services, and services that no stratum takes where strata follow services."""
    taken: set[str] = set()
    for row in siblings:
        if row.units and row.services:
            raise _faulty(f"{row.code}: a stratum follows units or services, not both")
        if unknown := [code for code in row.services if code not in registered]:
            raise _faulty(f"{row.code}: {unknown[0]!r} is no service of this group in services.csv")
        taken.update(row.services)
    takes_rest = any(not row.units and not row.services for row in siblings)
    if taken and not takes_rest and (homeless := sorted(registered - taken)):
        raise _faulty(f"{siblings[0].agency}: the service {homeless[0]!r} belongs to no stratum")


def _refuse_twice(siblings: Sequence[StratumRow]) -> None:
    seen: dict[str, str] = {}
    for row in siblings:
        for name in dict.fromkeys([*map(plain, row.units), *row.services]):
            if (other := seen.setdefault(name, row.code)) != row.code:
                raise _faulty(f"{row.code}: {name!r} belongs to {other}, too")


def _faulty(reason: str) -> DesignFileFaulty:
    return DesignFileFaulty(file=FILE, reason=reason)
