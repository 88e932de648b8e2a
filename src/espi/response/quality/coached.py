"""Units whose answers are more alike than chance and level explain: shown, never deleted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from espi.method.index.scoring import ScoredItem, answers_of
from espi.method.index.seeds import generator
from espi.method.response_quality.coached import assess
from espi.service_categories import PREFIX


@dataclass(frozen=True, slots=True, kw_only=True)
class FlaggedUnit:
    """A unit or service whose answers to one questionnaire are unusually alike (C1 to C9).

    Attributes:
        unit: the label of the area, as in the records.
        size: respondents of the unit who answered anything.
        similarity: excess pairwise similarity in standard deviations of chance (C4).
        collapse: missing variance, likewise (C5).
        burst: density of the densest group, likewise (C6).
        crowd: people at the very top beyond what the unit's level explains, likewise (C7).
        largest_group: respondents around one pattern.
        p: probability of so extreme a unit by chance (C8).
        q: the false-discovery rate at which it is flagged (C9).
    """

    agency: str
    group: str
    unit: str
    size: int
    similarity: float
    collapse: float
    burst: float
    crowd: float
    largest_group: int
    p: float
    q: float


def flagged_units(
    extract: pl.DataFrame, items: Sequence[ScoredItem], seed: str
) -> list[FlaggedUnit]:
    """Return the flagged units of every questionnaire, with their statistics (C1 to C9).

    Units are the areas of the records. Who is in no area is in no unit; experts never are. Areas
    that the opening joined to their category are no unit either: their people work in different
    places, and nobody could have told all of them what to answer.

    Args:
        extract: usable records.
        items: scored items of all questionnaires.
        seed: of the run; the same seed gives the same findings.
    """
    return [
        flagged
        for group in dict.fromkeys(item.group for item in items)
        for flagged in _of_group(extract, [item for item in items if item.group == group], seed)
    ]


def _of_group(extract: pl.DataFrame, items: Sequence[ScoredItem], seed: str) -> list[FlaggedUnit]:
    group = items[0].group
    of_unit = (pl.col("area") != "") & ~pl.col("area").str.starts_with(PREFIX)
    rows = extract.filter((pl.col("group") == group) & of_unit)
    if rows.is_empty():
        return []
    names = rows.select("agency", "area").unique().sort("agency", "area")
    units = rows.select("agency", "area").join(
        names.with_row_index("position"), on=["agency", "area"], maintain_order="left"
    )["position"]
    agencies = rows["agency"].rank("dense").to_numpy()
    answers = np.stack([_towards_good(rows, item) for item in items], axis=1)
    findings = assess(
        answers, units.to_numpy().astype(np.int64), agencies.astype(np.int64),
        rng=generator(seed, f"coached {group}"),
    )  # fmt: skip
    flagged = []
    for finding in findings:
        if finding.flagged:
            agency, unit = names.row(finding.unit)
            flagged.append(
                FlaggedUnit(
                    agency=agency,
                    group=group,
                    unit=unit,
                    size=finding.size,
                    similarity=finding.similarity,
                    collapse=finding.collapse,
                    burst=finding.burst,
                    crowd=finding.crowd,
                    largest_group=finding.largest_group,
                    p=finding.p,
                    q=finding.q,
                )
            )
    return flagged


def _towards_good(rows: pl.DataFrame, item: ScoredItem) -> np.ndarray:
    """Return answers with the good end high for every item, shape (n,)."""
    answers = answers_of(rows, item)
    return item.minimum + item.maximum - answers if item.reversed else answers


def without(extract: pl.DataFrame, flagged: Sequence[FlaggedUnit]) -> pl.DataFrame:
    """Return the records that are in no flagged unit: for the index beside the index."""
    listed = pl.DataFrame(
        {
            "agency": [unit.agency for unit in flagged],
            "group": [unit.group for unit in flagged],
            "area": [unit.unit for unit in flagged],
        },
        schema=dict.fromkeys(("agency", "group", "area"), pl.String),
    )
    return extract.join(listed, on=["agency", "group", "area"], how="anti", maintain_order="left")
