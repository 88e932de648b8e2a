"""Disclosure control: the one door through which numbers leave.

Everything public is made from what ``disclose`` returns: enough people behind each number, rounded,
with its interval. A number that may not be shown is absent, and the reason stands in its place.

The types of ``espi.method.index.released`` are abstract; the classes below, and those of
``disclosed_scores``, ``disclosed_areas`` and ``disclosed_answers``, are the only ones of them that
can be made. So a function that takes a ``Released…`` value is known, to the type checker and at run
time, to be handed nothing that did not pass here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TypedDict, TypeVar

from msgspec import UNSET

from espi.method.disclosure.cells import shown_count
from espi.method.index.document import (
    AgencyResult,
    ComponentResult,
    DimensionScore,
    Headline,
    IndexChange,
    ItemScore,
    NationalResult,
    WaveResults,
)
from espi.method.index.released import (
    ReleasedAgency,
    ReleasedArea,
    ReleasedChange,
    ReleasedComponent,
    ReleasedDimension,
    ReleasedFlag,
    ReleasedItem,
    ReleasedNational,
    ReleasedTable,
    ReleasedWave,
)
from espi.method.index.released_facts import (
    AbsentAgency,
    Evidence,
    MethodDigests,
    SpecificationWords,
    WaveTitle,
)
from espi.response.publication.disclosed_answers import (
    disclose_flagged,
    disclose_tables,
    disclose_without,
)
from espi.response.publication.disclosed_areas import (
    disclose_areas,
    disclose_categories,
    disclosed_model,
)
from espi.response.publication.disclosed_scores import (
    DECIMALS,
    PART_DECIMALS,
    Disclosed,
    disclosed_share,
    numbers_of,
    rounded,
)


class _Dimension(Disclosed, ReleasedDimension):
    __slots__ = ()


class _Item(Disclosed, ReleasedItem):
    __slots__ = ()


class _Component(Disclosed, ReleasedComponent):
    __slots__ = ()


class _Change(Disclosed, ReleasedChange):
    __slots__ = ()


class _National(Disclosed, ReleasedNational):
    __slots__ = ()


class _Agency(Disclosed, ReleasedAgency):
    __slots__ = ()


class _Wave(Disclosed, ReleasedWave):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Location:
    """Where an agency is, a public fact: its province, and column and row on the tile map."""

    province: str = ""
    tile: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What stands in a release beside the numbers.

    Attributes:
        minimum_cell: least respondents behind any number.
        evidence: what the approved corrections of each agency rest on, by its code.
        locations: where agencies are, by code.
        dropped: agencies that were taken out of the wave.
    """

    wave: WaveTitle
    rehearsal: bool
    minimum_cell: int
    method: MethodDigests
    specification: SpecificationWords
    evidence: Mapping[str, Sequence[Evidence]] = field(default_factory=dict)
    locations: Mapping[str, Location] = field(default_factory=dict)
    dropped: Sequence[AbsentAgency] = ()


def disclose(results: WaveResults, facts: ReleaseFacts) -> ReleasedWave:
    """Return what may be shown of the results of a wave."""
    agencies = [
        disclose_agency(agency, facts.minimum_cell, facts.evidence.get(agency.code, ()))
        for agency in results.agencies
    ]
    return _Wave(
        wave=facts.wave,
        rehearsal=facts.rehearsal,
        minimum_cell=facts.minimum_cell,
        method=facts.method,
        specification=facts.specification,
        national=_national(results.national) if results.national else None,
        agencies=[
            replace(agency, **asdict(facts.locations[agency.code]))
            if agency.code in facts.locations
            else agency
            for agency in agencies
        ],
        categories=disclose_categories(agencies),
        small_area_models=[disclosed_model(model) for model in results.small_area_models],
        dropped=facts.dropped,
    )


def disclose_agency(
    agency: AgencyResult, minimum_cell: int, evidence: Sequence[Evidence] = ()
) -> ReleasedAgency:
    """Return what may be shown of the results of one agency.

    Args:
        agency: as an estimation run left it.
        minimum_cell: least respondents behind any number.
        evidence: what its approved corrections rest on.
    """
    areas = disclose_areas(agency.service_areas, minimum_cell)
    facts = _AgencyFacts(
        code=agency.code,
        name=agency.name,
        type=agency.type,
        withheld=agency.withheld,
        n=_answers(agency, minimum_cell),
        corrections={name: round(points, DECIMALS) for name, points in agency.corrections.items()},
        evidence=evidence,
        components={
            group: _component(part, minimum_cell)
            for group, part in agency.components.items()
            if part.n >= minimum_cell
        },
        service_areas=areas,
        answer_tables=disclose_tables(agency, minimum_cell),
        flagged=disclose_flagged(agency, areas),
    )
    headline = agency.headline
    if agency.withheld or headline is None:
        return _Agency(**facts, joining=None)
    return _Agency(
        **facts,
        **_headline(headline),
        rank=agency.rank,
        change=_change(agency.change) if agency.change else None,
        joining=agency.joining,
        without_flagged=disclose_without(agency, areas, minimum_cell),
    )


class _AgencyFacts(TypedDict):
    """The fields of a ``ReleasedAgency`` that it has with and without an index."""

    code: str
    name: str
    type: str
    withheld: str | None
    n: Mapping[str, str]
    corrections: Mapping[str, float]
    evidence: Sequence[Evidence]
    components: Mapping[str, ReleasedComponent]
    service_areas: Mapping[str, Sequence[ReleasedArea]]
    answer_tables: Mapping[str, Sequence[ReleasedTable]]
    flagged: Sequence[ReleasedFlag] | None


def _answers(agency: AgencyResult, minimum_cell: int) -> dict[str, str]:
    """Return the answers of each group as they may be shown.

    A group that was too small to carry the agency's name out of the seal has no record here, and
    still its count is not nought.
    """
    return {
        group: f"<{minimum_cell}" if group in agency.few else shown_count(n, minimum_cell)
        for group, n in agency.n.items()
    }


class _HeadlineFields(TypedDict):
    """The fields of a ``ReleasedAgency`` that are the numbers of its index."""

    index: float
    raw: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    df: int
    band: str | None
    band_probability: float | None


def _headline(headline: Headline) -> _HeadlineFields:
    chance = headline.band_probability
    return _HeadlineFields(
        index=rounded(headline.index),
        raw=rounded(headline.raw),
        se=rounded(headline.se),
        infinite_se=rounded(headline.infinite_se),
        unseen=rounded(headline.unseen),
        ci_low=rounded(headline.ci_low),
        ci_high=rounded(headline.ci_high),
        df=headline.df,
        band=headline.band,
        band_probability=None if chance is None else rounded(chance),
    )


def _change(change: IndexChange) -> ReleasedChange:
    return _Change(
        points=rounded(change.points),
        se=rounded(change.se),
        ci_low=rounded(change.ci_low),
        ci_high=rounded(change.ci_high),
        p=rounded(change.p),
        q=rounded(change.q),
    )


def _national(national: NationalResult) -> ReleasedNational:
    return _National(
        index=rounded(national.index),
        se=rounded(national.se),
        ci_low=rounded(national.ci_low),
        ci_high=rounded(national.ci_high),
        agencies=national.agencies,
    )


def _component(part: ComponentResult, minimum_cell: int) -> ReleasedComponent:
    dimensions = {
        code: _Dimension(**numbers_of(score), part=round(score.part, PART_DECIMALS))
        for code, score in _large_enough(part.dimensions, minimum_cell).items()
    }
    codes = sorted(part.dimensions)  # the order of the covariance
    shown = [k for k, code in enumerate(codes) if code in dimensions]
    return _Component(
        **numbers_of(part),
        dimensions=dimensions,
        correlation=_correlation([[part.covariance[i][j] for j in shown] for i in shown]),
        items={
            code: _item(score, minimum_cell)
            for code, score in _large_enough(part.items, minimum_cell).items()
        },
        joining=part.joining,
    )


Counted = TypeVar("Counted", DimensionScore, ItemScore)


def _large_enough(scores: Mapping[str, Counted], minimum_cell: int) -> dict[str, Counted]:
    return {code: score for code, score in scores.items() if score.n >= minimum_cell}


def _item(score: ItemScore, minimum_cell: int) -> ReleasedItem:
    shown = score.share is not UNSET and score.share.n >= minimum_cell
    return _Item(
        **numbers_of(score),
        label=score.label,
        dimension=score.dimension,
        share=disclosed_share(score.share) if shown and score.share is not UNSET else UNSET,
    )


def _correlation(covariance: list[list[float]]) -> list[list[float]]:
    """Return correlations to two decimals: what a component's error is recomputed from.

    Totals and covariances to more digits would tell the sums of small strata.
    """
    spread = [row[k] ** 0.5 for k, row in enumerate(covariance)]
    return [
        [
            rounded(cell / (of_row * of_column)) if of_row and of_column else 0.0
            for cell, of_column in zip(row, spread, strict=True)
        ]
        for row, of_row in zip(covariance, spread, strict=True)
    ]
