"""What stands in a release beside the numbers: public facts, none of them of respondents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from espi.method.index.scores import Words
from espi.method.index.specification import Band


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What an approved correction rests on; a public fact, no number of respondents.

    Attributes:
        value: the correction's own index, 0–100.
        occurred_on: the day, such as ``2026-05-04``.
    """

    name: str
    value: float
    occurred_on: str
    source: str
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentAgency:
    """An agency that two people took out of the wave; a public fact, no number.

    Attributes:
        reason: as they wrote it, by language.
        withheld: its people were drawn, and its results are not shown; else nobody was drawn.
    """

    code: str
    name: str
    type: str
    reason: Words
    withheld: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class WaveTitle:
    """Which wave a release is of."""

    code: str
    title: Words
    year: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MethodDigests:
    """What the numbers rest on: SHA-256 of everything that was read, and the seed.

    Attributes:
        specification: code and version of the index specification.
        method_version: SHA-256 over the source of ``espi.method``.
        results_digest: of the full results of the run, which are not public.
    """

    specification: str
    specification_digest: str
    answers_digest: str
    tallies_digest: str
    corrections_digest: str
    method_version: str
    results_digest: str
    seed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpecificationWords:
    """The parts of an index specification that pages name and the index is recomputed from.

    Attributes:
        components: weight of each group.
        bands: lowest first.
        corrections: label by the name of the correction.
        dimensions: label by group and code.
        questions: of prevalence, label by group and code; none in releases of earlier versions.
    """

    components: Mapping[str, float]
    bands: Sequence[Band]
    corrections: Mapping[str, Words]
    dimensions: Mapping[str, Mapping[str, Words]]
    questions: Mapping[str, Mapping[str, Words]] = field(default_factory=dict)
