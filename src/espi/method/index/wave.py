"""All results of a wave from its answers: agencies, nation, ranks, changes and measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from espi.method.comparison.changes import changes, welch_df
from espi.method.index.layout import AgencyFacts, StratumFacts, lay_out
from espi.method.index.measurement import measurement
from espi.method.index.national import national
from espi.method.index.results import agency_results
from espi.method.index.scoring import ScoredItem
from espi.method.index.seeds import ranks_of
from espi.method.index.specification import Specification


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """What is known of a wave beside its answers.

    Attributes:
        seed: of everything that is drawn; the same seed gives the same results.
        before: results of the agencies in the wave before, by code; empty in the first.
    """

    specification: Specification
    items: Sequence[ScoredItem]
    agencies: Sequence[AgencyFacts]
    strata: Sequence[StratumFacts]
    seed: str
    before: Mapping[str, Mapping[str, Any]]


def wave_results(facts: WaveFacts, rows: pl.DataFrame) -> dict[str, Any]:
    """Return all results as plain data; docs/reference/files.md says their shape.

    Args:
        facts: of the wave.
        rows: the usable records.

    Raises:
        MethodError: the answers do not allow the estimates; the message says why.
    """
    answers = lay_out(rows, facts.agencies, facts.strata)
    agencies = agency_results(facts.specification, facts.items, facts.agencies, answers)
    ranks = ranks_of(agencies, facts.seed)
    for agency in agencies:
        agency["rank"] = ranks.get(agency["code"])
    add_changes(agencies, facts.before)
    return {
        "agencies": agencies,
        "national": national(agencies),
        "measurement": measurement(facts.specification, facts.items, answers),
    }


def add_changes(
    agencies: Sequence[dict[str, Any]], before: Mapping[str, Mapping[str, Any]]
) -> None:
    """Put into every agency its change since the wave before, where both have an index (M24)."""
    for agency in agencies:
        agency["change"] = None
    pairs = [
        (agency, before[agency["code"]])
        for agency in agencies
        if agency["index"] is not None and before.get(agency["code"], {}).get("index") is not None
    ]
    if not pairs:
        return

    def column(which: int, name: str) -> np.ndarray:
        return np.array([pair[which][name] for pair in pairs], dtype=np.float64)

    old_se, new_se = column(1, "se"), column(0, "se")
    df = welch_df(
        old_se, column(1, "df").astype(np.int64), new_se, column(0, "df").astype(np.int64)
    )
    found = changes(column(1, "index"), old_se, column(0, "index"), new_se, df)
    for place, (agency, _old) in enumerate(pairs):
        agency["change"] = {
            "points": float(found.value[place]),
            "se": float(found.se[place]),
            "ci_low": float(found.low[place]),
            "ci_high": float(found.high[place]),
            "p": float(found.p[place]),
            "q": float(found.q[place]),
        }
