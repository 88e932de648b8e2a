"""What the pages and the report show, made from released results alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from msgspec import UNSET

from espi.design.models import Agency, Group, in_language
from espi.method.index.document import Rank
from espi.method.index.released import (
    ReleasedAgency,
    ReleasedChange,
    ReleasedItem,
    ReleasedScore,
    ReleasedWave,
)
from espi.method.index.released_facts import Evidence
from espi.method.index.scores import Words
from espi.response.estimation.reasons import reason_withheld
from espi.response.publication.pictures import IntervalPicture, Scale, interval, scale_for
from espi.response.publication.shares import chance, percent

ENDS_SHOWN = 5  # questions with the lowest and with the highest scores each


@dataclass(frozen=True, slots=True)
class Share:
    """A share of people with its interval, in per cent as text."""

    shown: str
    low: str
    high: str


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its uncertainty, its count and its picture."""

    label: str
    value: float
    se: float
    low: float
    high: float
    n: int
    picture: IntervalPicture
    share: Share | None = None
    group: str = ""


@dataclass(frozen=True, slots=True)
class Band:
    """A named range of the index."""

    code: str
    label: str
    low: float
    high: float
    tone: int
    last: bool


@dataclass(frozen=True, slots=True)
class Points:
    """A correction: the points taken off, and what they rest on."""

    label: str
    points: float
    evidence: Sequence[Evidence]


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """An agency in the national table."""

    code: str
    name: str
    type: str
    reason: str
    index: Figure | None
    raw: float | None
    corrected_by: float
    band: Band | None
    probability: float | None
    n: Mapping[str, str]
    rank: Rank | None
    change: ReleasedChange | None
    joining: str

    @property
    def places(self) -> str:
        """The ranks that the true index may have: one, or from – to; empty where there are none."""
        if not self.rank:
            return ""
        best, worst = self.rank.best, self.rank.worst
        return str(best) if best == worst else f"{best}–{worst}"

    @property
    def rank_sentence(self) -> str:
        """A sentence on the possible ranks, for page and report; empty where there are none."""
        if not self.rank:
            return ""
        return _(
            "Possible ranks among all agencies: %(places)s. %(alike)s others cannot be told from "
            "this one."
        ) % {"places": self.places, "alike": self.rank.alike}

    @property
    def chance(self) -> str:
        """The probability of the band, in whole per cent; an estimate is never certain."""
        return chance(self.probability)


@dataclass(frozen=True, slots=True)
class Component:
    """A respondent group's part of the index."""

    group: str
    weight: float
    total: Figure
    dimensions: list[Figure]


@dataclass(frozen=True, slots=True)
class QuestionList:
    """The questions of one group of respondents.

    Attributes:
        lowest: those with the lowest scores; all of them where they are few.
        highest: those with the highest scores; none where all are in ``lowest``.
    """

    group: str
    lowest: list[Figure]
    highest: list[Figure]


def _text(words: Words) -> str:
    return in_language(dict(words))


def bands_of(results: ReleasedWave) -> list[Band]:
    """Return the bands of the specification, lowest first."""
    bands = results.specification.bands
    return [
        Band(
            code=band.code,
            label=_text(band.label),
            low=band.low,
            high=band.high,
            tone=number,
            last=number == len(bands) - 1,
        )
        for number, band in enumerate(bands)
    ]


def scale_of(results: ReleasedWave) -> Scale:
    """Return the common scale of all agencies' index intervals."""
    headlines = [agency.headline for agency in results.agencies if not agency.withheld]
    shown = [headline for headline in headlines if headline]
    return scale_for([end for each in shown for end in (each.ci_low, each.ci_high, each.raw)])


def rows_of(
    results: ReleasedWave, agencies: Sequence[ReleasedAgency] | None = None
) -> list[AgencyRow]:
    """Return the agencies by name: an order by index would be read as a rank.

    Args:
        results: of a release.
        agencies: those of them that are wanted; all unless given.
    """
    scale, bands = scale_of(results), bands_of(results)
    wanted = results.agencies if agencies is None else agencies
    return [row_of(agency, bands, scale) for agency in sorted(wanted, key=attrgetter("name"))]


def peers_of(results: ReleasedWave, agency: ReleasedAgency) -> list[AgencyRow]:
    """Return the agencies of the same kind that have an index, by name; none where it is alone."""
    peers = [each for each in results.agencies if each.type == agency.type and each.headline]
    return rows_of(results, peers) if len(peers) > 1 and agency.headline else []


@dataclass(frozen=True, slots=True)
class Absent:
    """An agency that the wave went on without, and why."""

    name: str
    reason: str


def absent_of(results: ReleasedWave) -> list[Absent]:
    """Return the agencies that were taken out of the wave, in the language of the page."""
    return [Absent(each.name, _text(each.reason)) for each in results.dropped]


def row_of(agency: ReleasedAgency, bands: Sequence[Band], scale: Scale) -> AgencyRow:
    """Return one agency as the national table shows it."""
    return AgencyRow(
        code=agency.code,
        name=agency.name,
        type=str(Agency.Type(agency.type).label),
        reason=reason_withheld(agency.withheld),
        index=_index_figure(agency, bands, scale),
        raw=agency.raw,
        corrected_by=sum(agency.corrections.values()),
        band=next((band for band in bands if band.code == agency.band), None),
        probability=agency.band_probability,
        n={str(Group(group).label): n for group, n in agency.n.items()},
        rank=agency.rank,
        change=agency.change,
        joining=joining_of(agency),
    )


def _index_figure(agency: ReleasedAgency, bands: Sequence[Band], scale: Scale) -> Figure | None:
    headline = agency.headline
    if agency.withheld or headline is None:
        return None
    picture = interval(
        scale,
        (headline.ci_low, headline.ci_high),
        headline.index,
        raw=headline.raw,
        edges=[band.low for band in bands],
    )
    return Figure(
        label=agency.name,
        value=headline.index,
        se=headline.se,
        low=headline.ci_low,
        high=headline.ci_high,
        n=0,  # respondents are shown by group
        picture=picture,
    )


def joining_of(agency: ReleasedAgency) -> str:
    """Return a sentence on what joined strata do to the index, empty where they do nothing.

    Releases of earlier versions say nothing of it.
    """
    if agency.withheld or agency.joining is UNSET or agency.joining == 0:
        return ""
    if agency.joining is None:
        return _(
            "Strata with too few answers were joined at the opening. How far this moves the index "
            "is not known."
        )
    return _(
        "Strata with too few answers were joined at the opening, which moves the index by at most "
        "%(points)s points."
    ) % {"points": number_format(round(agency.joining, 2), 2)}


def corrections_of(results: ReleasedWave, agency: ReleasedAgency) -> list[Points]:
    """Return each correction of an agency with its evidence."""
    labels = results.specification.corrections
    return [
        Points(
            label=_text(labels[name]),
            points=points,
            evidence=[entry for entry in agency.evidence if entry.name == name],
        )
        for name, points in agency.corrections.items()
    ]


def components_of(results: ReleasedWave, agency: ReleasedAgency) -> list[Component]:
    """Return the components of an agency with their dimensions, in the order of the release."""
    words, scale = results.specification, Scale(0, 100)
    return [
        Component(
            group=str(Group(group).label),
            weight=words.components[group],
            total=figure_of(str(Group(group).label), part, scale),
            dimensions=[
                figure_of(_text(words.dimensions[group][code]), score, scale)
                for code, score in part.dimensions.items()
            ],
        )
        for group, part in agency.components.items()
    ]


def figure_of(label: str, score: ReleasedScore, scale: Scale, group: str = "") -> Figure:
    """Return an estimate as a page shows it."""
    return Figure(
        label=label,
        value=score.score,
        se=score.se,
        low=score.ci_low,
        high=score.ci_high,
        n=score.n,
        picture=interval(scale, (score.ci_low, score.ci_high), score.score),
        share=_share(score),
        group=group,
    )


def _share(score: ReleasedScore) -> Share | None:
    if not isinstance(score, ReleasedItem) or score.share is UNSET:
        return None
    share = score.share
    return Share(percent(share.share), percent(share.ci_low), percent(share.ci_high))


def question_lists(agency: ReleasedAgency) -> list[QuestionList]:
    """Return the questions of each group, apart: employees and users answer on levels of their own.

    Few questions are one list, so that none in the middle is lost.
    """
    lists = []
    for group, part in agency.components.items():
        figures = [
            figure_of(_text(item.label), item, Scale(0, 100)) for item in part.items.values()
        ]
        figures.sort(key=lambda figure: figure.value)
        several = len(figures) > 2 * ENDS_SHOWN
        lists.append(
            QuestionList(
                group=str(Group(group).label),
                lowest=figures[:ENDS_SHOWN] if several else figures,
                highest=figures[-ENDS_SHOWN:][::-1] if several else [],
            )
        )
    return lists
