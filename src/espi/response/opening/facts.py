"""What is public about a wave and decides how its opened answers may be labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from espi.anonymity.v1 import wire
from espi.anonymity.v1.wire import Json
from espi.instrument.model import Instrument

FORMAT = "espi/v1/box"


@dataclass(frozen=True, slots=True)
class StratumPlace:
    """Where a sampling stratum belongs.

    Attributes:
        channel: how its people come: ``sample``, ``open`` or ``interview``.
        population: people on the list; None where the box was exported without the count.
    """

    agency: str
    group: str
    channel: str
    population: int | None = None

    def to_json(self) -> dict[str, object]:
        """Return the stratum as ``box.json`` has it."""
        return {
            "agency": self.agency,
            "group": self.group,
            "channel": self.channel,
            "population": self.population,
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the stratum of ``box.json``.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        counted = content.get("population") is not None
        return cls(
            agency=wire.text(content, "agency"),
            group=wire.text(content, "group"),
            channel=wire.text(content, "channel"),
            population=wire.count(content, "population") if counted else None,
        )


@dataclass(frozen=True, slots=True)
class RegisteredArea:
    """A service area of the register, as a box exports it: what a group may have rated.

    Attributes:
        code: unique within the agency.
        category: code of a service category.
        names: names and spellings by which lists call it.
    """

    agency: str
    group: str
    code: str
    category: str
    names: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the area as ``box.json`` has it."""
        return {
            "agency": self.agency,
            "group": self.group,
            "code": self.code,
            "category": self.category,
            "names": list(self.names),
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read an area of ``box.json``.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        return cls(
            agency=wire.text(content, "agency"),
            group=wire.text(content, "group"),
            code=wire.text(content, "code"),
            category=wire.text(content, "category"),
            names=wire.texts(content, "names"),
        )


@dataclass(frozen=True, slots=True)
class WaveDesign:
    """The design of a wave as a box exports it: ``box.json``.

    Attributes:
        strata: sampling strata by code.
        instruments: questionnaires by code, as plain data.
        specification: of the index, as plain data; None where the box was exported without it.
        services: the register of service areas; none where the wave has none.
    """

    wave: str
    strata: Mapping[str, StratumPlace]
    instruments: Mapping[str, Json]
    specification: Json | None
    services: Sequence[RegisteredArea] = ()

    def to_json(self) -> dict[str, object]:
        """Return the content of ``box.json``."""
        return {
            "format": FORMAT,
            "wave": self.wave,
            "strata": {code: stratum.to_json() for code, stratum in self.strata.items()},
            "instruments": dict(self.instruments),
            "specification": self.specification,
            "services": [area.to_json() for area in self.services],
        }

    @classmethod
    def from_json(cls, content: Json) -> Self:
        """Read the content of ``box.json``.

        Raises:
            PartFaulty: a part is missing, or is not what it should be.
        """
        strata, sheets = wire.member(content, "strata"), wire.member(content, "instruments")
        specified = content.get("specification") is not None
        return cls(
            wave=wire.text(content, "wave"),
            strata={code: StratumPlace.from_json(wire.member(strata, code)) for code in strata},
            instruments={code: wire.member(sheets, code) for code in sheets},
            specification=wire.member(content, "specification") if specified else None,
            services=_services(content),
        )


def _services(content: Json) -> tuple[RegisteredArea, ...]:
    """Return the register of ``box.json``; boxes of earlier versions have none.

    Raises:
        PartFaulty: it is no list, or an area lacks a part.
    """
    services = content.get("services", [])
    if not isinstance(services, list) or not all(isinstance(area, dict) for area in services):
        raise wire.PartFaulty("services: a list of objects was expected")
    return tuple(map(RegisteredArea.from_json, services))


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """What the joining of labels needs of a wave.

    Attributes:
        strata: by code.
        minimum: least records that may share what leaves the seal.
        specification: of the index, as plain data; None where the box was exported without it.
        services: the register of service areas; none where the wave has none.
    """

    strata: Mapping[str, StratumPlace]
    minimum: int
    instruments: Sequence[Instrument]
    specification: Json | None = None
    services: Sequence[RegisteredArea] = ()
