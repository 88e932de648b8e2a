"""Reads the register of service areas, ``services.csv`` of the design folder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from espi.design.agency_rows import AgencyRow, renamed
from espi.design.errors import DesignFileFaulty
from espi.design.models import Group
from espi.design.spellings import plain
from espi.design.tables import ADDRESS_CODE, Row, read_table, refuse_codes, split_cell
from espi.service_categories import CATEGORIES

FILE = "services.csv"
COLUMNS = ("agency", "group", "code", "name_id", "name_en", "unit", "category", "spellings")
GROUPS = (Group.EXTERNAL, Group.INTERNAL)  # experts are not asked about one service


@dataclass(frozen=True, slots=True)
class ServiceRow:
    """A row of ``services.csv``: one service of an agency, or one unit of its employees.

    Attributes:
        code: unique within the agency.
        name: by language.
        unit: the unit of the agency that provides the service, or "".
        category: code of a service category.
        spellings: further ways in which lists write the name.
    """

    agency: str
    group: str
    code: str
    name: dict[str, str]
    unit: str
    category: str
    spellings: tuple[str, ...]


def read_register(directory: Path, agencies: Sequence[AgencyRow]) -> tuple[ServiceRow, ...]:
    """Return the service areas of a wave; none where the folder has no register.

    Args:
        directory: the design folder.
        agencies: of the wave.

    Raises:
        DesignFileFaulty: an unknown or former agency, an unknown group or category, a missing
            name, a code twice, or one name of two services.
    """
    if not (directory / FILE).exists():
        return ()
    return services_in(read_table(directory / FILE, COLUMNS), agencies)


def services_in(rows: Sequence[Row], agencies: Sequence[AgencyRow]) -> tuple[ServiceRow, ...]:
    """Return the service areas of a table with the columns of ``services.csv``.

    Raises:
        DesignFileFaulty: as for ``read_register``.
    """
    refuse_codes(FILE, "code", (row["code"] for row in rows), ADDRESS_CODE)
    _refuse_agencies(rows, agencies)
    services = tuple(_service(number, row) for number, row in enumerate(rows, start=2))
    refuse_contradictions(services)
    return services


def _refuse_agencies(rows: Sequence[Row], agencies: Sequence[AgencyRow]) -> None:
    """Refuse agencies that are not of the wave, and say what became of those of earlier waves."""
    codes = {agency.code for agency in agencies}
    for number, row in enumerate(rows, start=2):
        if row["agency"] in codes:
            continue
        if names := renamed(agencies, row["agency"]):
            reason = f"{row['agency']!r} is the former code of {' and '.join(names)}; use the new"
            raise _faulty(number, reason)
        raise _faulty(number, f"unknown agency {row['agency']!r}; agencies.csv does not have it")


def _service(number: int, row: Row) -> ServiceRow:
    if row["group"] not in GROUPS:
        raise _faulty(number, f"unknown group {row['group']!r}; it must be external or internal")
    if row["category"] not in CATEGORIES:
        codes = ", ".join(CATEGORIES)
        raise _faulty(number, f"unknown category {row['category']!r}; it must be one of: {codes}")
    name = {"id": row["name_id"].strip(), "en": row["name_en"].strip()}
    if not all(name.values()):
        raise _faulty(number, "name_id and name_en must both be filled in")
    return ServiceRow(
        row["agency"], row["group"], row["code"], name, row["unit"].strip(), row["category"],
        split_cell(row["spellings"]),
    )  # fmt: skip


def _faulty(number: int, reason: str) -> DesignFileFaulty:
    return DesignFileFaulty(file=FILE, reason=f"row {number}: {reason}")


def refuse_contradictions(services: Sequence[ServiceRow]) -> None:
    """Refuse a code that an agency has twice, and a name that two areas of a group have.

    Raises:
        DesignFileFaulty: the second of them, by its row; the header is row 1.
    """
    _refuse_repeated(services)
    _refuse_ambiguous(services)


def _refuse_repeated(services: Sequence[ServiceRow]) -> None:
    """Refuse a code that an agency has twice; the header is row 1."""
    seen: dict[tuple[str, str], int] = {}
    for number, row in enumerate(services, start=2):
        first = seen.setdefault((row.agency, row.code), number)
        if first != number:
            raise _faulty(number, f"{row.agency} has the code {row.code!r} in row {first}, too")


def _refuse_ambiguous(services: Sequence[ServiceRow]) -> None:
    """Refuse a name of two areas of one agency and group: a list that uses it would mean either."""
    seen: dict[tuple[str, str, str], tuple[int, str]] = {}
    for number, row in enumerate(services, start=2):
        for name in (row.code, *row.name.values(), *row.spellings):
            key = (row.agency, row.group, plain(name))
            first, code = seen.setdefault(key, (number, row.code))
            if code != row.code:
                raise _faulty(number, f"{name!r} is also a name of {code!r} in row {first}")
