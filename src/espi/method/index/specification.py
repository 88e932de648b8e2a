"""The index as data: components, dimensions, corrections, bands, and the rules of missing answers.

A specification is a versioned file, never constants in code; a wave names the one it uses.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import pairwise

import msgspec
from jsonschema import Draft202012Validator

from espi.method.errors import SpecificationFaulty

GROUPS = ("internal", "external", "expert")
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Dimension:
    """An ordered set of items of one respondent group.

    Attributes:
        weight: in its component, against the other dimensions; 1 unless the file gives another.
    """

    code: str
    label: Mapping[str, str]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class ItemRule:
    """How the answers to one item become a score.

    Attributes:
        minimum: lowest value of the scale.
        maximum: highest value of the scale.
        reversed: a high value means low integrity.
        prevalence: also reported as a share of people who saw, heard or experienced it.
        weight: in its dimension, against the other items.
    """

    code: str
    group: str
    dimension: str
    minimum: float
    maximum: float
    reversed: bool = False
    prevalence: bool = False
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Change:
    """What a version of the specification changed."""

    version: str
    on: str
    what: str


@dataclass(frozen=True, slots=True)
class CorrectionRule:
    """A deduction from objective facts: points = weight · index, at most ``cap``.

    Attributes:
        weight: points per unit of the correction's own index of 0–100.
        cap: most points that may be deducted.
    """

    name: str
    label: Mapping[str, str]
    weight: float
    cap: float

    def points(self, index: float) -> float:
        """Return the points for a correction index of 0–100."""
        return min(self.weight * index, self.cap)


@dataclass(frozen=True, slots=True)
class Band:
    """A range of the index, from ``low`` up to but not including ``high``; the last includes it."""

    code: str
    label: Mapping[str, str]
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Specification:
    """One version of the index; the names of the fields are those of its file.

    Attributes:
        components: weight per respondent group; they sum to one.
        dimensions: per respondent group, in order.
        items: what is asked and how it is scored; empty where only published components are known.
        minimum_n: least answers of an agency for a score.
        minimum_component_n: least answers for a component.
        minimum_answered: least share of applicable items for a respondent's dimension score, 0–1.
        further_corrections: published rows may carry a correction that is not displayed.
        changelog: what each version changed, oldest first; the last is this one.
    """

    code: str
    version: str
    year: int
    components: Mapping[str, float]
    dimensions: Mapping[str, tuple[Dimension, ...]]
    items: tuple[ItemRule, ...] = ()
    corrections: tuple[CorrectionRule, ...]
    bands: tuple[Band, ...] = ()
    minimum_n: int
    minimum_component_n: int
    minimum_answered: float
    further_corrections: bool
    changelog: tuple[Change, ...]

    def band_of(self, index: float) -> Band | None:
        """Return the band an index lies in, or nothing where the year had none."""
        inside = [band for band in self.bands if band.low <= index]
        return inside[-1] if inside else None


def read(content: Mapping[str, object]) -> Specification:
    """Return the specification that plain data describes.

    Raises:
        SpecificationFaulty: a part is missing or contradicts another; which one is named.
    """
    name = str(content.get("code", "specification"))
    for fault in sorted(_schema().iter_errors(content), key=lambda fault: list(fault.path)):
        part = ".".join(map(str, fault.absolute_path)) or "the file"
        raise SpecificationFaulty(f"{name}: {part}: {fault.message}")
    specification = _build(content)
    if problem := next(_contradictions(specification), None):
        raise SpecificationFaulty(f"{name}: {problem}")
    return specification


@cache
def _schema() -> Draft202012Validator:
    path = files("espi.method.index.specifications") / "schema.json"
    return Draft202012Validator(json.loads(path.read_text("utf-8")))


def _contradictions(specification: Specification) -> Iterator[str]:
    """Yield contradictions between parts, which a JSON Schema cannot express."""
    total = sum(specification.components.values())
    if abs(total - 1) > SUM_TOLERANCE:
        yield f"components: the weights sum to {total}, not to 1"
    edges = [(band.low, band.high) for band in specification.bands]
    if any(high != low for (_, high), (low, _) in pairwise(edges)):
        yield "bands: they leave gaps or overlap"
    dimensions = {(group, d.code) for group, ds in specification.dimensions.items() for d in ds}
    codes = [(item.group, item.code) for item in specification.items]
    for item in specification.items:
        if (item.group, item.dimension) not in dimensions:
            yield f"items: {item.code}: there is no dimension {item.dimension} of {item.group}"
        if item.minimum >= item.maximum:
            yield f"items: {item.code}: its scale runs from {item.minimum} to {item.maximum}"
        if codes.count((item.group, item.code)) > 1:
            yield f"items: {item.code} stands twice"
    if specification.changelog[-1].version != specification.version:
        yield f"changelog: its last entry is not of version {specification.version}"


def _build(content: Mapping[str, object]) -> Specification:
    specification = msgspec.convert(content, Specification)
    # Sums follow the order of the groups, so that they are the same whatever order a file has.
    return replace(
        specification,
        components={group: specification.components[group] for group in GROUPS},
        dimensions={group: specification.dimensions[group] for group in GROUPS},
    )


def take(code: str) -> Specification:
    """Return a specification that comes with E-SPI, such as ``spi-2023``.

    Raises:
        SpecificationFaulty: E-SPI has none of that name.
    """
    path = files("espi.method.index.specifications") / f"{code}.toml"
    if not path.is_file():
        raise SpecificationFaulty(f"{code}: no such index specification")
    return read(tomllib.loads(path.read_text("utf-8")))
