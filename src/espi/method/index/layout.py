"""The answers of a whole wave with the agency, stratum and weight of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.errors import ImpossibleDesign
from espi.method.estimation.collapse import LEAST, Collapse, collapse
from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Index, Strata, Vector
from espi.method.weighting.nonresponse import stratum_weights


@dataclass(frozen=True, slots=True)
class StratumFacts:
    """What is known of a sampling stratum before any answer.

    Attributes:
        population: people on the list, with those of the strata that were joined to it.
        joined: strata whose few answers carry this one's name since the opening (M30).
    """

    code: str
    agency: str
    group: str
    population: int
    joined: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """Name and corrections of an agency.

    Attributes:
        corrections: index of 0–100 per named correction.
        few: groups that answered, but too few for their answers to carry the agency's name. They
            have no row, and still their count is not zero.
    """

    code: str
    name: str
    type: str
    corrections: Mapping[str, float] = field(default_factory=dict)
    few: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The answers of a wave, with weights and design.

    Attributes:
        rows: the opened records, n of them, with ``agency``, ``group``, ``stratum``, ``area``.
        agencies: partition by agency, in the order of the facts.
        stratum: 0-based variance stratum of each row, after collapsing, shape (n,).
        strata: respondents and people of each variance stratum.
        weight: shape (n,).
        collapsed: per agency, what was joined to give every stratum a variance, and what had been
            joined at the opening.
    """

    rows: pl.DataFrame
    agencies: Partition
    stratum: Index
    strata: Strata
    weight: Vector
    collapsed: Mapping[str, list[Collapse]]

    def of_group(self, group: str) -> NDArray[np.bool_]:
        """Return which rows are of a respondent group, shape (n,)."""
        return (self.rows["group"] == group).to_numpy()


def lay_out(
    rows: pl.DataFrame, agencies: Sequence[AgencyFacts], strata: Sequence[StratumFacts]
) -> Answers:
    """Return the rows of a wave with their weights and design (M5, M9).

    Raises:
        ImpossibleDesign: answers of an unknown stratum or agency, or a stratum with fewer people
            than answers.
    """
    counts = {str(code): int(n) for code, n in rows["stratum"].value_counts().iter_rows()}
    counted_in, collapsed = _collapsed(counts, strata)
    position = {code: k for k, code in enumerate(sorted(set(counted_in.values())))}
    size = np.zeros(len(position))
    for facts in strata:
        size[position[counted_in[facts.code]]] += facts.population
    codes = {agency.code: number for number, agency in enumerate(agencies)}
    if unknown := sorted(set(rows["agency"].unique()) - set(codes)):
        raise ImpossibleDesign(f"answers of unknown agencies: {', '.join(map(str, unknown))}")
    into = {code: position[other] for code, other in counted_in.items()}
    stratum = rows["stratum"].replace_strict(into, return_dtype=pl.Int64).to_numpy()
    agency = rows["agency"].replace_strict(codes, return_dtype=pl.Int64).to_numpy()
    sampled = np.bincount(stratum, minlength=size.size).astype(np.float64)
    weight = stratum_weights(stratum, size)
    return Answers(
        rows, Partition(agency, len(codes)), stratum, Strata(sampled, size), weight, collapsed
    )


def _collapsed(
    counts: Mapping[str, int], strata: Sequence[StratumFacts]
) -> tuple[dict[str, str], dict[str, list[Collapse]]]:
    """Return the stratum that each stratum counts in, and by agency what was joined for it.

    Only agencies with small strata are touched.
    """
    if unknown := sorted(set(counts) - {facts.code for facts in strata}):
        raise ImpossibleDesign(f"no population is known of {', '.join(unknown)}")
    counted_in = {facts.code: facts.code for facts in strata}
    small = {facts.agency for facts in strata if counts.get(facts.code, 0) < LEAST}
    collapsed: dict[str, list[Collapse]] = {}
    for agency in sorted(small):
        own = [facts for facts in strata if facts.agency == agency]
        joined, collapsed[agency] = collapse(
            {facts.code: counts[facts.code] for facts in own if facts.code in counts},
            {facts.code: facts.population for facts in own},
            {facts.code: facts.group for facts in own},
        )
        counted_in |= joined
    for facts in strata:
        at_opening = [Collapse(code, counted_in[facts.code], None) for code in facts.joined]
        if at_opening:
            collapsed[facts.agency] = [*collapsed.get(facts.agency, []), *at_opening]
    return counted_in, collapsed
