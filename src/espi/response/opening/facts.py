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
class WaveDesign:
    """The design of a wave as a box exports it: ``box.json``.

    Attributes:
        strata: sampling strata by code.
        instruments: questionnaires by code, as plain data.
        specification: of the index, as plain data; None where the box was exported without it.
    """

    wave: str
    strata: Mapping[str, StratumPlace]
    instruments: Mapping[str, Json]
    specification: Json | None

    def to_json(self) -> dict[str, object]:
        """Return the content of ``box.json``."""
        return {
            "format": FORMAT,
            "wave": self.wave,
            "strata": {code: stratum.to_json() for code, stratum in self.strata.items()},
            "instruments": dict(self.instruments),
            "specification": self.specification,
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
        )


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """What the joining of labels needs of a wave.

    Attributes:
        strata: by code.
        minimum: least records that may share what leaves the seal.
        specification: of the index, as plain data; None where the box was exported without it.
    """

    strata: Mapping[str, StratumPlace]
    minimum: int
    instruments: Sequence[Instrument]
    specification: Json | None = None
