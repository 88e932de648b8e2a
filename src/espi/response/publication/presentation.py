"""What the pages and the report show, made from a release alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from espi.design.models import Agency, Group, in_language
from espi.response.publication.models import Release
from espi.response.publication.pictures import IntervalPicture, Scale, interval, scale_for
from espi.response.publication.reasons import reason_withheld

ENDS_SHOWN = 5


ALMOST_CERTAIN = 0.99


def percent(share: float | None) -> str:
    """Return a share of 0–1 in whole per cent."""
    return "" if share is None else f"{number_format(100 * share, 0)} %"


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
    evidence: list[Mapping[str, Any]]


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
    rank: Mapping[str, int] | None
    change: Mapping[str, float] | None
    joining: str

    @property
    def places(self) -> str:
        """Where the true rank may lie: one place, or from – to."""
        if not self.rank:
            return ""
        best, worst = self.rank["best"], self.rank["worst"]
        return str(best) if best == worst else f"{best}–{worst}"

    @property
    def chance(self) -> str:
        """The probability of the band, in whole per cent; an estimate is never certain."""
        if self.probability is not None and self.probability > ALMOST_CERTAIN:
            return f"> {percent(0.99)}"
        return percent(self.probability)


@dataclass(frozen=True, slots=True)
class Component:
    """A respondent group's part of the index."""

    group: str
    weight: float
    total: Figure
    dimensions: list[Figure]


@dataclass(frozen=True, slots=True)
class Ends:
    """The strongest and the weakest of something."""

    strongest: list[Figure]
    weakest: list[Figure]


def bands_of(release: Release) -> list[Band]:
    """Return the bands of the specification, lowest first."""
    listed = release.results["specification"]["bands"]
    return [
        Band(
            band["code"], in_language(band["label"]), band["low"], band["high"], tone,
            tone == len(listed) - 1,
        )
        for tone, band in enumerate(listed)
    ]  # fmt: skip


def scale_of(release: Release) -> Scale:
    """Return the common scale of all agencies' index intervals."""
    shown = [agency for agency in release.results["agencies"] if not agency["withheld"]]
    return scale_for([end for a in shown for end in (a["ci_low"], a["ci_high"], a["raw"])])


def rows_of(release: Release) -> list[AgencyRow]:
    """Return the agencies by name: an order by index would be read as a rank."""
    scale, bands = scale_of(release), bands_of(release)
    agencies = sorted(release.results["agencies"], key=lambda agency: str(agency["name"]))
    return [row_of(agency, bands, scale) for agency in agencies]


def row_of(agency: Mapping[str, Any], bands: list[Band], scale: Scale) -> AgencyRow:
    """Return one agency as the national table shows it."""
    figure = None
    if not agency["withheld"]:
        ends = (agency["ci_low"], agency["ci_high"])
        edges = [band.low for band in bands]
        picture = interval(scale, ends, agency["index"], raw=agency["raw"], edges=edges)
        figure = Figure(agency["name"], agency["index"], agency["se"], *ends, 0, picture)
    return AgencyRow(
        code=agency["code"],
        name=agency["name"],
        type=str(Agency.Type(agency["type"]).label),
        reason=reason_withheld(agency["withheld"]),
        index=figure,
        raw=agency["raw"],
        corrected_by=sum(agency["corrections"].values()),
        band=next((band for band in bands if band.code == agency["band"]), None),
        probability=agency["band_probability"],
        n={str(Group(group).label): n for group, n in agency["n"].items()},
        rank=agency.get("rank"),
        change=agency.get("change"),
        joining=joining_of(agency),
    )


def joining_of(agency: Mapping[str, Any]) -> str:
    """Return a sentence on what joined strata do to the index, empty where they do nothing.

    Releases of earlier versions say nothing of it.
    """
    if agency["withheld"] or "joining" not in agency or agency["joining"] == 0:
        return ""
    if agency["joining"] is None:
        return _(
            "Strata with too few answers were joined at the opening. How far this moves the index "
            "is not known."
        )
    return _(
        "Strata with too few answers were joined at the opening, which moves the index by at most "
        "%(points)s points."
    ) % {"points": number_format(agency["joining"], 2)}


def corrections_of(release: Release, agency: Mapping[str, Any]) -> list[Points]:
    """Return each correction of an agency with its evidence."""
    labels = release.results["specification"]["corrections"]
    return [
        Points(
            in_language(labels[name]),
            points,
            [entry for entry in agency["evidence"] if entry["name"] == name],
        )
        for name, points in agency["corrections"].items()
    ]


def components_of(release: Release, agency: Mapping[str, Any]) -> list[Component]:
    """Return the components of an agency with their dimensions, in the order of the groups."""
    words = release.results["specification"]
    scale = Scale(0, 100)
    return [
        Component(
            group=str(Group(group).label),
            weight=words["components"][group],
            total=figure_of(str(Group(group).label), part, scale),
            dimensions=[
                figure_of(in_language(words["dimensions"][group][code]), facts, scale)
                for code, facts in part["dimensions"].items()
            ],
        )
        for group, part in agency["components"].items()
    ]


def figure_of(label: str, facts: Mapping[str, Any], scale: Scale, group: str = "") -> Figure:
    """Return an estimate as a page shows it."""
    ends = (facts["ci_low"], facts["ci_high"])
    picture = interval(scale, ends, facts["score"])
    share = facts.get("share")
    names = ("share", "ci_low", "ci_high")
    seen = Share(*(percent(share[name]) for name in names)) if share else None
    return Figure(
        label, facts["score"], facts["se"], *ends, facts["n"], picture, seen, group
    )  # fmt: skip


def questions_of(agency: Mapping[str, Any]) -> Ends:
    """Return the questions with the highest and the lowest scores."""
    return _ends(agency, "items")


def areas_of(agency: Mapping[str, Any]) -> Ends:
    """Return the units and services with the highest and the lowest scores."""
    return _ends(agency, "areas")


def _ends(agency: Mapping[str, Any], what: str) -> Ends:
    scale = Scale(0, 100)
    figures = [
        figure_of(
            in_language(facts["label"]) if "label" in facts else code,
            facts, scale, str(Group(group).label),
        )
        for group, part in agency["components"].items()
        for code, facts in part[what].items()
    ]  # fmt: skip
    figures.sort(key=lambda figure: -figure.value)
    half = min(ENDS_SHOWN, len(figures) // 2)
    if not half:
        return Ends(figures, [])
    return Ends(figures[:half], figures[-half:][::-1])
