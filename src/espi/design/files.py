"""Reads the folder that describes a wave: ``wave.toml``, ``agencies.csv`` and ``strata.csv``."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from espi.design.errors import DesignFileFaulty
from espi.design.models import Agency, Group, Stratum
from espi.design.wave_settings import WaveSettings, settings_from

# Codes stand in the names of files and in published CSV files, where a cell must not begin like a
# formula.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
# An agency's code is a part of addresses, too, where a dot would end it.
AGENCY_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
LARGEST_TABLE = 20  # megabytes: the agencies and strata of a whole nation take one
AGENCY_COLUMNS = ("code", "name", "type", "sector")
STRATUM_COLUMNS = (
    "code", "agency", "group", "label_id", "label_en",
    "key_stratum", "key_label_id", "key_label_en", "units",
)  # fmt: skip

Row = Mapping[str, str]  # cell by column


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """A row of ``agencies.csv``."""

    code: str
    name: str
    type: str
    sector: str


@dataclass(frozen=True, slots=True)
class StratumRow:
    """A row of ``strata.csv``.

    Attributes:
        label: by language.
        key_stratum: code of the group of strata that share a signing key.
        key_label: of the key stratum, by language.
        units: names of the agency's units whose people belong to the stratum; none: all.
        channel: how its people come, one of ``Stratum.Channel``.
    """

    code: str
    agency: str
    group: str
    label: dict[str, str]
    key_stratum: str
    key_label: dict[str, str]
    units: tuple[str, ...]
    channel: str


@dataclass(frozen=True, slots=True)
class WaveDesign:
    """The content of the folder."""

    wave: WaveSettings
    agencies: tuple[AgencyRow, ...]
    strata: tuple[StratumRow, ...]


def read_design(directory: Path) -> WaveDesign:
    """Read and check the three files.

    Raises:
        DesignFileFaulty: a file, a setting or a column is missing, or the files contradict.
    """
    wave = settings_from(_toml(directory / "wave.toml"))
    agencies = tuple(map(_agency, _rows(directory / "agencies.csv", AGENCY_COLUMNS)))
    strata = tuple(map(_stratum, _rows(directory / "strata.csv", STRATUM_COLUMNS)))
    _refuse_codes("agencies.csv", "code", (row.code for row in agencies), AGENCY_CODE)
    _refuse_codes("strata.csv", "code", (row.code for row in strata))
    _refuse_codes("strata.csv", "key_stratum", (row.key_stratum for row in strata))
    _refuse_unknown(agencies, strata)
    return WaveDesign(wave, agencies, strata)


def _agency(row: Row) -> AgencyRow:
    if row["type"] not in Agency.Type.values:
        raise DesignFileFaulty(file="agencies.csv", reason=f"unknown type {row['type']!r}")
    return AgencyRow(row["code"], row["name"], row["type"], row["sector"])


def _stratum(row: Row) -> StratumRow:
    return StratumRow(
        code=row["code"],
        agency=row["agency"],
        group=row["group"],
        label={"id": row["label_id"], "en": row["label_en"]},
        key_stratum=row["key_stratum"],
        key_label={"id": row["key_label_id"], "en": row["key_label_en"]},
        units=tuple(unit.strip() for unit in row["units"].split("|") if unit.strip()),
        channel=row.get("channel") or Stratum.Channel.SAMPLE,
    )


def _refuse_unknown(agencies: Iterable[AgencyRow], strata: Iterable[StratumRow]) -> None:
    """Refuse strata of agencies, groups or channels that there are not."""
    codes = {row.code for row in agencies}
    for row in strata:
        if row.agency not in codes or row.group not in Group.values:
            reason = f"{row.code}: unknown agency or group"
            raise DesignFileFaulty(file="strata.csv", reason=reason)
        if row.channel not in Stratum.Channel.values:
            channels = ", ".join(Stratum.Channel.values)
            reason = f"{row.code}: the channel must be one of {channels}"
            raise DesignFileFaulty(file="strata.csv", reason=reason)


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise DesignFileFaulty(file=path.name, reason="it is not in the folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None


def _rows(path: Path, columns: tuple[str, ...]) -> list[Row]:
    try:
        if path.stat().st_size > LARGEST_TABLE * 1024 * 1024:
            reason = f"it is larger than {LARGEST_TABLE} MB"
            raise DesignFileFaulty(file=path.name, reason=reason)
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.DictReader(lines, restval="")
            header = reader.fieldnames or []
            if missing := [name for name in columns if name not in header]:
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


def _refuse_codes(
    file: str, column: str, codes: Iterable[str], form: re.Pattern[str] = CODE
) -> None:
    """Refuse a code that does not fit; the header is row 1."""
    for number, code in enumerate(codes, start=2):
        if not form.fullmatch(code):
            signs = "dots, hyphens" if form is CODE else "hyphens"
            reason = (
                f"row {number}, {column} {code!r}: a code has letters, digits, {signs} and "
                "underscores, and begins with a letter or digit"
            )
            raise DesignFileFaulty(file=file, reason=reason)
