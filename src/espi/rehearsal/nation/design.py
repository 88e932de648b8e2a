"""Reads the wave's own design folder: which agencies there are, and which units they have."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

WAVE = Path(__file__).with_name("wave")
GROUPS = ("internal", "external", "expert")
LARGE = "kab-contoh-jaya"  # sampled as in life: its margin is in agencies.csv
SHORT = ("lembaga-takar", "internal")  # this list is too short to be drawn from


@dataclass(frozen=True, slots=True)
class FictionalService:
    """A service of an agency, as people's lists name it.

    Attributes:
        unit: that provides it.
        spellings: other names of it.
    """

    code: str
    name: str
    unit: str
    spellings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FictionalAgency:
    """An agency of the nation and the units that its people name.

    Attributes:
        units: unit names of each group; none for experts.
        services: that its users come for.
    """

    code: str
    name: str
    type: str
    units: dict[str, tuple[str, ...]]
    services: tuple[FictionalService, ...]


def agencies() -> list[FictionalAgency]:
    """Return the agencies in the order of the design."""
    units: dict[tuple[str, str], list[str]] = {}
    for row in _rows("strata.csv"):
        named = [unit for unit in row["units"].split("|") if unit]
        units.setdefault((row["agency"], row["group"]), []).extend(named)
    services: dict[str, list[FictionalService]] = {}
    for row in _rows("services.csv"):
        if row["group"] == "external":
            spellings = tuple(row["spellings"].split("|"))
            service = FictionalService(row["code"], row["name_id"], row["unit"], spellings)
            services.setdefault(row["agency"], []).append(service)
    return [
        FictionalAgency(
            row["code"],
            row["name"],
            row["type"],
            {group: tuple(units[row["code"], group]) for group in GROUPS},
            services=tuple(services[row["code"]]),
        )
        for row in _rows("agencies.csv")
    ]


def opens_on() -> date:
    """Return the first day of fieldwork, from which the lists count back."""
    day: date = tomllib.loads((WAVE / "wave.toml").read_text("utf-8"))["opens_on"]
    return day


def _rows(name: str) -> list[dict[str, str]]:
    with (WAVE / name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
