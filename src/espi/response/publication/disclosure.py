"""Disclosure control: the one door through which numbers leave.

Everything public is made from what ``disclose`` returns: enough people behind each number, rounded,
with its interval. A number that may not be shown is absent, and the reason stands in its place.

The types of ``espi.method.index.released`` are abstract; the classes below are the only ones of
them that can be made. So a function that takes a ``Released…`` value is known, to the type checker
and at run time, to be handed nothing that did not pass here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypedDict, TypeVar

from msgspec import UNSET

from espi.method.disclosure.cells import showable, shown_count
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
    Evidence,
    MethodDigests,
    Released,
    ReleasedAgency,
    ReleasedChange,
    ReleasedComponent,
    ReleasedDimension,
    ReleasedItem,
    ReleasedNational,
    ReleasedScore,
    ReleasedShare,
    ReleasedWave,
    SpecificationWords,
    WaveTitle,
)
from espi.method.index.scores import Score, Share

DECIMALS = 2  # of scores and errors; more digits would tell the sums of small strata
SHARE_DECIMALS = 4  # the same precision, on a scale of 0–1
PART_DECIMALS = 6  # of weights within a component, which tell nothing of answers
NO_SIGN = 0.0  # added to a rounded number: PostgreSQL's JSON has no -0.0, so digests would differ


class _Disclosed(Released):
    __slots__ = ()

    def _passed_disclosure_control(self) -> None:
        """Do nothing; having this makes the class one that can be made."""


class _Score(_Disclosed, ReleasedScore):
    __slots__ = ()


class _Dimension(_Disclosed, ReleasedDimension):
    __slots__ = ()


class _Share(_Disclosed, ReleasedShare):
    __slots__ = ()


class _Item(_Disclosed, ReleasedItem):
    __slots__ = ()


class _Component(_Disclosed, ReleasedComponent):
    __slots__ = ()


class _Change(_Disclosed, ReleasedChange):
    __slots__ = ()


class _National(_Disclosed, ReleasedNational):
    __slots__ = ()


class _Agency(_Disclosed, ReleasedAgency):
    __slots__ = ()


class _Wave(_Disclosed, ReleasedWave):
    __slots__ = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseFacts:
    """What stands in a release beside the numbers.

    Attributes:
        minimum_cell: least respondents behind any number.
        evidence: what the approved corrections of each agency rest on, by its code.
    """

    wave: WaveTitle
    rehearsal: bool
    minimum_cell: int
    method: MethodDigests
    specification: SpecificationWords
    evidence: Mapping[str, Sequence[Evidence]] = field(default_factory=dict)


def disclose(results: WaveResults, facts: ReleaseFacts) -> ReleasedWave:
    """Return what may be shown of the results of a wave."""
    return _Wave(
        wave=facts.wave,
        rehearsal=facts.rehearsal,
        minimum_cell=facts.minimum_cell,
        method=facts.method,
        specification=facts.specification,
        national=_national(results.national) if results.national else None,
        agencies=[
            disclose_agency(agency, facts.minimum_cell, facts.evidence.get(agency.code, ()))
            for agency in results.agencies
        ],
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
    facts = _AgencyFacts(
        code=agency.code,
        name=agency.name,
        type=agency.type,
        withheld=agency.withheld,
        n=_answers(agency, minimum_cell),
        corrections={name: round(points, DECIMALS) for name, points in agency.corrections.items()},
        evidence=evidence,
    )
    headline = agency.headline
    if agency.withheld or headline is None:
        return _Agency(**facts, components={}, joining=None)
    return _Agency(
        **facts,
        **_headline(headline),
        components={
            group: _component(part, minimum_cell)
            for group, part in agency.components.items()
            if part.n >= minimum_cell
        },
        rank=agency.rank,
        change=_change(agency.change) if agency.change else None,
        joining=agency.joining,
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
        index=_rounded(headline.index),
        raw=_rounded(headline.raw),
        se=_rounded(headline.se),
        infinite_se=_rounded(headline.infinite_se),
        unseen=_rounded(headline.unseen),
        ci_low=_rounded(headline.ci_low),
        ci_high=_rounded(headline.ci_high),
        df=headline.df,
        band=headline.band,
        band_probability=None if chance is None else _rounded(chance),
    )


def _change(change: IndexChange) -> ReleasedChange:
    return _Change(
        points=_rounded(change.points),
        se=_rounded(change.se),
        ci_low=_rounded(change.ci_low),
        ci_high=_rounded(change.ci_high),
        p=_rounded(change.p),
        q=_rounded(change.q),
    )


def _national(national: NationalResult) -> ReleasedNational:
    return _National(
        index=_rounded(national.index),
        se=_rounded(national.se),
        ci_low=_rounded(national.ci_low),
        ci_high=_rounded(national.ci_high),
        agencies=national.agencies,
    )


def _component(part: ComponentResult, minimum_cell: int) -> ReleasedComponent:
    dimensions = {
        code: _Dimension(**_numbers(score), part=round(score.part, PART_DECIMALS))
        for code, score in _large_enough(part.dimensions, minimum_cell).items()
    }
    codes = sorted(part.dimensions)  # the order of the covariance
    shown = [k for k, code in enumerate(codes) if code in dimensions]
    return _Component(
        **_numbers(part),
        dimensions=dimensions,
        correlation=_correlation([[part.covariance[i][j] for j in shown] for i in shown]),
        items={
            code: _item(score, minimum_cell)
            for code, score in _large_enough(part.items, minimum_cell).items()
        },
        areas=_areas(part.areas, part.n, minimum_cell),
        joining=part.joining,
    )


Counted = TypeVar("Counted", DimensionScore, ItemScore)


def _large_enough(scores: Mapping[str, Counted], minimum_cell: int) -> dict[str, Counted]:
    return {code: score for code, score in scores.items() if score.n >= minimum_cell}


def _item(score: ItemScore, minimum_cell: int) -> ReleasedItem:
    shown = score.share is not UNSET and score.share.n >= minimum_cell
    return _Item(
        **_numbers(score),
        label=score.label,
        dimension=score.dimension,
        share=_share(score.share) if shown and score.share is not UNSET else UNSET,
    )


def _share(share: Share) -> ReleasedShare:
    return _Share(
        share=_rounded(share.share, SHARE_DECIMALS),
        se=_rounded(share.se, SHARE_DECIMALS),
        infinite_se=_rounded(share.infinite_se, SHARE_DECIMALS),
        unseen=_rounded(share.unseen, SHARE_DECIMALS),
        ci_low=_rounded(share.ci_low, SHARE_DECIMALS),
        ci_high=_rounded(share.ci_high, SHARE_DECIMALS),
        n=share.n,
        df=share.df,
    )


def _areas(areas: Mapping[str, Score], total: int, minimum_cell: int) -> dict[str, ReleasedScore]:
    """Return the areas that may stand beside their total without giving away the rest of it.

    Where the people in no shown area would be fewer than a cell, the smallest shown area goes as
    well: otherwise the rest follows by subtraction.
    """
    shown = {
        name: score
        for name, score in areas.items()
        if showable(score.n, score.score, score.se, minimum_cell)
    }
    while shown and 0 < total - sum(score.n for score in shown.values()) < minimum_cell:
        del shown[min(shown, key=lambda name: (shown[name].n, name))]
    return {name: _Score(**_numbers(score)) for name, score in shown.items()}


class _Numbers(TypedDict):
    """The fields of a ``ReleasedScore``."""

    score: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int


def _numbers(score: Score) -> _Numbers:
    return _Numbers(
        score=_rounded(score.score),
        se=_rounded(score.se),
        infinite_se=_rounded(score.infinite_se),
        unseen=_rounded(score.unseen),
        ci_low=_rounded(score.ci_low),
        ci_high=_rounded(score.ci_high),
        n=score.n,
        df=score.df,
    )


def _rounded(value: float, decimals: int = DECIMALS) -> float:
    return round(value, decimals) + NO_SIGN


def _correlation(covariance: list[list[float]]) -> list[list[float]]:
    """Return correlations to two decimals: what a component's error is recomputed from.

    Totals and covariances to more digits would tell the sums of small strata.
    """
    spread = [row[k] ** 0.5 for k, row in enumerate(covariance)]
    return [
        [
            _rounded(cell / (of_row * of_column)) if of_row and of_column else 0.0
            for cell, of_column in zip(row, spread, strict=True)
        ]
        for row, of_row in zip(covariance, spread, strict=True)
    ]
