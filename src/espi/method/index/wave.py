"""All results of a wave from its answers: agencies, nation, ranks, changes and measurement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import polars as pl

from espi.method.comparison.changes import changes, welch_df
from espi.method.index.answer_tables import AskedItem
from espi.method.index.areas import Register
from espi.method.index.document import AgencyResult, IndexChange, IndexEstimate, WaveResults
from espi.method.index.layout import AgencyFacts, StratumFacts, lay_out
from espi.method.index.measurement import measurement
from espi.method.index.national import national
from espi.method.index.results import agency_results
from espi.method.index.scoring import ScoredItem
from espi.method.index.seeds import ranks_of
from espi.method.index.specification import Specification
from espi.method.index.tabulation import answer_tables


@dataclass(frozen=True, slots=True)
class WaveFacts:
    """What is known of a wave beside its answers.

    Attributes:
        seed: of everything that is drawn; the same seed gives the same results.
        before: index of the agencies in the wave before, by code; empty in the first wave.
        register: what is known of the service areas; empty in a wave without a register.
        asked: questions that enter no score, whose answers are counted.
    """

    specification: Specification
    items: Sequence[ScoredItem]
    agencies: Sequence[AgencyFacts]
    strata: Sequence[StratumFacts]
    seed: str
    before: Mapping[str, IndexEstimate]
    register: Register = field(default_factory=dict)
    asked: Sequence[AskedItem] = ()


def wave_results(facts: WaveFacts, rows: pl.DataFrame) -> WaveResults:
    """Return all results of a wave.

    Args:
        facts: of the wave.
        rows: the usable records.

    Raises:
        MethodError: the answers do not allow the estimates; the message says why.
    """
    answers = lay_out(rows, facts.agencies, facts.strata)
    results = agency_results(
        facts.specification, facts.items, facts.agencies, answers, facts.register
    )
    estimates = estimates_of(results.agencies)
    ranks = ranks_of(estimates, facts.seed)
    since = index_changes(estimates, facts.before)
    tables = answer_tables(facts.asked, facts.items, answers)
    return WaveResults(
        agencies=[
            replace(
                agency,
                rank=ranks.get(agency.code),
                change=since.get(agency.code),
                answer_tables={
                    group: table for group, table in own.items() if group in agency.components
                },
            )
            for agency, own in zip(results.agencies, tables, strict=True)
        ],
        national=national(estimates),
        measurement=measurement(facts.specification, facts.items, answers),
        categories=results.areas.categories,
        small_area_models=results.areas.models,
    )


def estimates_of(agencies: Sequence[AgencyResult]) -> list[IndexEstimate]:
    """Return the index of every agency that has one, in the order of ``agencies``."""
    return [estimate for agency in agencies if (estimate := agency.estimate) is not None]


def index_changes(
    estimates: Sequence[IndexEstimate], before: Mapping[str, IndexEstimate]
) -> dict[str, IndexChange]:
    """Return, by code, the change of every index since the wave before (M24).

    Agencies that had no index then have no change.
    """
    new = [estimate for estimate in estimates if estimate.code in before]
    if not new:
        return {}
    old = [before[estimate.code] for estimate in new]
    old_se, new_se = (np.array([each.se for each in wave], dtype=np.float64) for wave in (old, new))
    old_df, new_df = (np.array([each.df for each in wave], dtype=np.int64) for wave in (old, new))
    old_index, new_index = (
        np.array([each.index for each in wave], dtype=np.float64) for wave in (old, new)
    )
    df = welch_df(old_se, old_df, new_se, new_df)
    since = changes(old_index, old_se, new_index, new_se, df)
    return {
        estimate.code: IndexChange(
            points=float(since.value[number]),
            se=float(since.se[number]),
            ci_low=float(since.low[number]),
            ci_high=float(since.high[number]),
            p=float(since.p[number]),
            q=float(since.q[number]),
        )
        for number, estimate in enumerate(new)
    }
