"""What a liaison does with rows that came back: names the service as the agency knows it."""

from __future__ import annotations

import csv
from io import StringIO
from pathlib import Path

from espi.rehearsal.nation.design import FictionalAgency, agencies
from espi.rehearsal.nation.template import COLUMNS


def mend(returned: Path, mended: Path, agency_code: str) -> int:
    """Write the rows whose service nobody knew, with one that the unit provides.

    Rows that came back for other reasons alone stay with the agency.

    Args:
        returned: what ``espi frame rejected`` wrote, as CSV.
        mended: a list as the template has it.
        agency_code: of the agency that delivered it.

    Returns:
        how many rows were mended.
    """
    [agency] = [agency for agency in agencies() if agency.code == agency_code]
    text = returned.read_text("utf-8-sig")
    separator = ";" if ";" in text.partition("\n")[0] else ","
    reader = csv.DictReader(StringIO(text, newline=""), delimiter=separator)
    rows = [row for row in reader if row["layanan"] not in _names(agency)]
    for row in rows:
        row["layanan"] = _service_of(agency, row["unit"])
    with mended.open("w", encoding="utf-8", newline="") as lines:
        writer = csv.DictWriter(lines, COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return len(rows)


def _names(agency: FictionalAgency) -> set[str]:
    return {
        name
        for service in agency.services
        for name in (service.code, service.name, *service.spellings)
    }


def _service_of(agency: FictionalAgency, unit: str) -> str:
    """Return the first service of a unit; of an unknown unit, the agency's first."""
    names = [service.name for service in agency.services if service.unit == unit]
    return names[0] if names else agency.services[0].name
