"""Reads the folder that describes a wave: ``wave.toml``, ``agencies.csv`` and ``strata.csv``."""

from __future__ import annotations

import csv
import re
import tomllib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from espi.design.errors import DesignFileFaulty
from espi.design.models import Agency, Group, Stratum

# Codes stand in addresses, in the names of files and in published CSV files, where a cell must not
# begin like a formula.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
MOST_MEGABYTES = 20
AGENCY_COLUMNS = ("code", "name", "type", "sector")
LEVELS = ("L1", "L2", "L3")
STRATUM_COLUMNS = (
    "code", "agency", "group", "label_id", "label_en",
    "key_stratum", "key_label_id", "key_label_en", "units",
)  # fmt: skip
WAVE_SETTINGS = (
    "code", "title", "year", "opens_on", "closes_on", "level", "minimum_cell",
    "margin_of_error", "expected_response", "specification", "instruments", "rehearsal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WaveDesign:
    """What the folder says.

    Attributes:
        wave: the settings of ``wave.toml``.
        agencies: rows of ``agencies.csv``.
        strata: rows of ``strata.csv``.
    """

    wave: dict[str, Any]
    agencies: list[dict[str, str]]
    strata: list[dict[str, str]]


def read_design(directory: Path) -> WaveDesign:
    """Read and check the three files.

    Raises:
        DesignFileFaulty: a file, a setting or a column is missing, or the files contradict.
    """
    wave = _wave(directory / "wave.toml")
    agencies = _rows(directory / "agencies.csv", AGENCY_COLUMNS)
    strata = _rows(directory / "strata.csv", STRATUM_COLUMNS)
    for row in agencies:
        if row["type"] not in Agency.Type.values:
            raise DesignFileFaulty(file="agencies.csv", reason=f"unknown type {row['type']!r}")
    _refuse_codes("agencies.csv", agencies, ("code",))
    _refuse_codes("strata.csv", strata, ("code", "key_stratum"))
    known = {row["code"] for row in agencies}
    for row in strata:
        if row["agency"] not in known or row["group"] not in Group.values:
            raise DesignFileFaulty(
                file="strata.csv", reason=f"{row['code']}: unknown agency or group"
            )
        row["channel"] = row.get("channel") or Stratum.Channel.SAMPLE
        if row["channel"] not in Stratum.Channel.values:
            known_channels = ", ".join(Stratum.Channel.values)
            reason = f"{row['code']}: the channel must be one of {known_channels}"
            raise DesignFileFaulty(file="strata.csv", reason=reason)
    return WaveDesign(wave, agencies, strata)


def _wave(path: Path) -> dict[str, Any]:
    try:
        settings = tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise DesignFileFaulty(file=path.name, reason="it is not in the folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None
    if missing := [name for name in WAVE_SETTINGS if name not in settings]:
        raise DesignFileFaulty(file=path.name, reason=f"missing: {', '.join(missing)}")
    for name in ("opens_on", "closes_on"):
        if not isinstance(settings[name], date):
            raise DesignFileFaulty(file=path.name, reason=f"{name} must be a date: 2026-07-01")
    if settings["level"] not in LEVELS:
        raise DesignFileFaulty(file=path.name, reason=f"level must be one of {', '.join(LEVELS)}")
    exponent = settings.setdefault("allocation_exponent", 1.0)
    if not isinstance(exponent, int | float) or not 0 <= exponent <= 1:
        reason = "allocation_exponent must lie between 0 (equal) and 1 (proportional)"
        raise DesignFileFaulty(file=path.name, reason=reason)
    return settings


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        if path.stat().st_size > MOST_MEGABYTES * 1024 * 1024:
            reason = f"it is larger than {MOST_MEGABYTES} MB"
            raise DesignFileFaulty(file=path.name, reason=reason)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            found = reader.fieldnames or []
            if missing := [name for name in columns if name not in found]:
                raise DesignFileFaulty(
                    file=path.name, reason=f"missing columns: {', '.join(missing)}"
                )
            return list(reader)
    except OSError:
        raise DesignFileFaulty(file=path.name, reason="it is not in the folder") from None
    except UnicodeDecodeError:
        raise DesignFileFaulty(file=path.name, reason="it is not UTF-8 text") from None
    except csv.Error as error:
        raise DesignFileFaulty(file=path.name, reason=f"it is not CSV: {error}") from None


def _refuse_codes(file: str, rows: list[dict[str, str]], columns: tuple[str, ...]) -> None:
    for number, row in enumerate(rows, start=2):
        for column in columns:
            if not CODE.fullmatch(row[column]):
                reason = (
                    f"row {number}, {column} {row[column]!r}: a code has letters, digits, dots, "
                    "hyphens and underscores, and begins with a letter or digit"
                )
                raise DesignFileFaulty(file=file, reason=reason)
