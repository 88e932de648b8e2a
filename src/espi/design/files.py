"""Reads the folder that describes a wave: ``wave.toml`` and its tables, in CSV."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from espi.design.errors import DesignFileFaulty
from espi.design.models import Agency, Group, Stratum
from espi.design.register import ServiceRow, read_register
from espi.design.tables import ADDRESS_CODE, Row, read_table, refuse_codes
from espi.design.wave_settings import WaveSettings, settings_from

AGENCY_COLUMNS = ("code", "name", "type", "sector")
STRATUM_COLUMNS = (
    "code", "agency", "group", "label_id", "label_en",
    "key_stratum", "key_label_id", "key_label_en", "units",
)  # fmt: skip


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
    """The content of the folder.

    Attributes:
        services: the service areas of all agencies; none where the folder has no ``services.csv``.
    """

    wave: WaveSettings
    agencies: tuple[AgencyRow, ...]
    strata: tuple[StratumRow, ...]
    services: tuple[ServiceRow, ...]


def read_design(directory: Path) -> WaveDesign:
    """Read and check the files.

    Raises:
        DesignFileFaulty: a file, a setting or a column is missing, or the files contradict.
    """
    wave = settings_from(_toml(directory / "wave.toml"))
    agencies = tuple(map(_agency, read_table(directory / "agencies.csv", AGENCY_COLUMNS)))
    strata = tuple(map(_stratum, read_table(directory / "strata.csv", STRATUM_COLUMNS)))
    refuse_codes("agencies.csv", "code", (row.code for row in agencies), ADDRESS_CODE)
    refuse_codes("strata.csv", "code", (row.code for row in strata))
    refuse_codes("strata.csv", "key_stratum", (row.key_stratum for row in strata))
    _refuse_unknown(agencies, strata)
    services = read_register(directory, {row.code for row in agencies})
    return WaveDesign(wave, agencies, strata, services)


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
