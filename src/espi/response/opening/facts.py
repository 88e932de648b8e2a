"""What is public about a wave and decides how its opened answers may be labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from espi.instrument.model import Instrument


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


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """The design of a wave, as the exported box says it.

    Attributes:
        strata: by code.
        minimum: least records that may share what leaves the seal.
        specification: of the index, as plain data; None where the box was exported without it.
    """

    strata: Mapping[str, StratumPlace]
    minimum: int
    instruments: Sequence[Instrument]
    specification: Mapping[str, Any] | None = None
