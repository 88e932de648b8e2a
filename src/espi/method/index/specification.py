"""The index as data: components, dimensions, corrections, bands, and the rules of missing answers.

A specification is a versioned file, never constants in code; a wave names the one it uses.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from itertools import pairwise
from typing import Any

from espi.method.errors import SpecificationFaulty

GROUPS = ("internal", "external", "expert")
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class Dimension:
    """An ordered set of items of one respondent group."""

    code: str
    label: Mapping[str, str]


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


@dataclass(frozen=True, slots=True)
class Specification:
    """One version of the index.

    Attributes:
        components: weight per respondent group; they sum to one.
        dimensions: per respondent group, in order.
        minimum_n: least answers of an agency for a score.
        minimum_component_n: least answers for a component.
        minimum_answered: least share of applicable items for a respondent's dimension score, 0–1.
        further_corrections: published rows may carry a correction that is not displayed.
    """

    code: str
    version: str
    year: int
    components: Mapping[str, float]
    dimensions: Mapping[str, tuple[Dimension, ...]]
    corrections: tuple[CorrectionRule, ...]
    bands: tuple[Band, ...]
    minimum_n: int
    minimum_component_n: int
    minimum_answered: float
    further_corrections: bool

    def band_of(self, index: float) -> Band | None:
        """Return the band an index lies in, or nothing where the year had none."""
        inside = [band for band in self.bands if band.low <= index]
        return inside[-1] if inside else None


def read(content: Mapping[str, Any]) -> Specification:
    """Return the specification that plain data describes.

    Raises:
        SpecificationFaulty: a part is missing or contradicts another; the place is named.
    """
    name = str(content.get("code", "specification"))
    try:
        specification = _build(content)
    except KeyError as error:
        raise SpecificationFaulty(f"{name}: {error} is missing") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise SpecificationFaulty(f"{name}: {error}") from None
    total = sum(specification.components.values())
    if abs(total - 1) > SUM_TOLERANCE:
        raise SpecificationFaulty(f"{name}: the component weights sum to {total}, not to 1")
    edges = [(band.low, band.high) for band in specification.bands]
    if any(high != low for (_, high), (low, _) in pairwise(edges)):
        raise SpecificationFaulty(f"{name}: the bands leave gaps or overlap")
    return specification


def _build(content: Mapping[str, Any]) -> Specification:
    return Specification(
        code=content["code"],
        version=str(content["version"]),
        year=int(content["year"]),
        components={group: float(content["components"][group]) for group in GROUPS},
        dimensions={
            group: tuple(Dimension(d["code"], d["label"]) for d in content["dimensions"][group])
            for group in GROUPS
        },
        corrections=tuple(
            CorrectionRule(c["name"], c["label"], float(c["weight"]), float(c["cap"]))
            for c in content["corrections"]
        ),
        bands=tuple(
            Band(b["code"], b["label"], float(b["low"]), float(b["high"]))
            for b in content.get("bands", [])
        ),
        minimum_n=int(content["minimum_n"]),
        minimum_component_n=int(content["minimum_component_n"]),
        minimum_answered=float(content["minimum_answered"]),
        further_corrections=bool(content["further_corrections"]),
    )


def take(code: str) -> Specification:
    """Return a specification that comes with E-SPI, such as ``spi-2023``.

    Raises:
        SpecificationFaulty: there is none of that name.
    """
    path = files("espi.method.index.specifications") / f"{code}.toml"
    if not path.is_file():
        raise SpecificationFaulty(f"{code}: no such index specification")
    return read(tomllib.loads(path.read_text("utf-8")))
