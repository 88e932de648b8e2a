"""Reads the folder that describes a wave: ``wave.toml`` and its tables, in CSV."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from espi.design.agency_rows import AgencyRow, read_agencies
from espi.design.errors import DesignFileFaulty
from espi.design.register import ServiceRow, read_register
from espi.design.strata import StratumRow, read_strata
from espi.design.wave_settings import WaveSettings, settings_from


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

    @property
    def margins(self) -> dict[str, float]:
        """The margins of the agencies that have one of their own, by code."""
        return {
            row.code: row.margin_of_error
            for row in self.agencies
            if row.margin_of_error is not None
        }


def read_design(directory: Path) -> WaveDesign:
    """Read and check the files.

    Raises:
        DesignFileFaulty: a file, a setting or a column is missing, or the files contradict.
    """
    wave = settings_from(_toml(directory / "wave.toml"))
    agencies = read_agencies(directory)
    services = read_register(directory, agencies)
    strata = read_strata(directory, {row.code for row in agencies}, services)
    return WaveDesign(wave, agencies, strata, services)


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except OSError:
        raise DesignFileFaulty(file=path.name, reason="it is not in the folder") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise DesignFileFaulty(file=path.name, reason=error) from None
