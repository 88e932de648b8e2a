"""The results of an estimation run, and their JSON: the one place where a run is read or written.

docs/reference/files.md lists the fields.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from espi.method.index.document import (
    AgencyResult,
    GroupMeasurement,
    NationalResult,
    WaveResults,
)
from espi.response.estimation.canonical import canonical
from espi.response.quality.coached import FlaggedUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationName:
    """The version of the index specification that a run used."""

    code: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuality:
    """How good the answers of a wave are.

    Attributes:
        complete: records with enough answers; ``partial`` with some; a ``break_off`` has too few
            to be estimated from.
        straight_lining: records that gave the very same answer to every scored item they answered.
        coached: units whose answers are unusually alike.
    """

    complete: int = 0
    partial: int = 0
    break_off: int = 0
    straight_lining: int = 0
    coached: tuple[FlaggedUnit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResults(WaveResults):
    """All results of a run. Fields with a default are absent in runs of earlier versions."""

    national: NationalResult | None = None
    measurement: Mapping[str, GroupMeasurement] = field(default_factory=dict)
    specification: SpecificationName | None = None
    quality: AnswerQuality = AnswerQuality()

    def agency(self, code: str) -> AgencyResult | None:
        """Return the results of one agency; None where there is none of that code."""
        return next((agency for agency in self.agencies if agency.code == code), None)


def results_content(results: RunResults) -> dict[str, Any]:
    """Return the JSON content that a run keeps of its results: numbers of ten decimals."""
    content: dict[str, Any] = json.loads(canonical(msgspec.to_builtins(results)))
    return content


def read_results(content: object) -> RunResults:
    """Return the results that a run keeps.

    Raises:
        ValueError: the content is not that of a run.
    """
    return msgspec.convert(content, RunResults)
