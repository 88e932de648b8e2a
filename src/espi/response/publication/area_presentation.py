"""What the pages show of service areas, made from released results alone.

Employees and users never stand in one list: users answer some ten points higher.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from espi.design.models import Group, in_language
from espi.method.index.released import (
    ReleasedAgency,
    ReleasedArea,
    ReleasedAreaFigure,
    ReleasedBar,
    ReleasedShare,
    ReleasedWave,
)
from espi.method.index.service_areas import Silence
from espi.method.index.specification import Band
from espi.method.small_areas.scores import Model
from espi.method.verdicts.verdict import Verdict
from espi.response.publication.shares import ALMOST_CERTAIN, chance, percent
from espi.service_categories import CATEGORIES

ORDER = (Verdict.MUST_IMPROVE, Verdict.GOOD, Verdict.NOT_DIFFERENT, Verdict.CANNOT_BE_SAID)
SILENT = "silent"  # the tone of a cell about which nothing can be said; drawn hatched


@dataclass(frozen=True, slots=True)
class HeatCell:
    """One number of a service area, as text and as a tone.

    Attributes:
        heading: what it is a number of, for cards and screen readers.
        value: "" where nothing can be said.
        tone: ``low``, ``lower``, ``middle``, ``higher``, ``high`` against the bands; ``share`` for
            shares of people; ``silent`` where nothing can be said.
    """

    heading: str
    value: str
    interval: str
    n: str
    tone: str


@dataclass(frozen=True, slots=True)
class BarLine:
    """A service area against one bar, in words."""

    label: str
    verdict: str
    sure: str


@dataclass(frozen=True, slots=True)
class AreaLine:
    """A service area of an agency.

    Attributes:
        category: name of its service category; "" where there is none.
        silent: why nothing is shown, as a sentence; "" where it speaks.
        verdict: code of the headline verdict; ``cannot-be-said`` for a silent area.
        sure: how sure that is, such as ``97 %``; "" where nothing is stated.
        dimensions: the score and the dimensions; ``prevalence`` the shares of people.
        note: how the score was made, as a sentence.
    """

    code: str
    name: str
    category: str
    n: str
    silent: str
    verdict: str
    verdict_label: str
    sure: str
    dimensions: Sequence[HeatCell]
    prevalence: Sequence[HeatCell]
    bars: Sequence[BarLine]
    note: str


@dataclass(frozen=True, slots=True)
class AreaSummary:
    """The areas with one headline verdict, for the lead of a page."""

    verdict: str
    label: str
    lines: Sequence[AreaLine]


@dataclass(frozen=True, slots=True)
class AreaList:
    """The service areas of an agency that one group of respondents rates, by certainty.

    Attributes:
        group: code; ``label`` and ``title`` are its name, and the heading of the list.
        speaking: how many areas speak, of ``total``.
        summaries: by verdict, for the lead; silent areas are with those of which nothing is said.
        headings: of the dimensions; ``questions`` of the prevalence.
    """

    group: str
    label: str
    title: str
    speaking: int
    total: int
    summaries: Sequence[AreaSummary]
    headings: Sequence[str]
    questions: Sequence[str]
    lines: Sequence[AreaLine]


def verdict_label(verdict: str) -> str:
    """Return a verdict in words."""
    return {
        Verdict.GOOD: _("Good"),
        Verdict.MUST_IMPROVE: _("Must improve"),
        Verdict.NOT_DIFFERENT: _("Not different from the rest"),
        Verdict.CANNOT_BE_SAID: _("Cannot be said yet"),
    }[Verdict(verdict)]


def silence_sentence(reason: Silence | None, minimum_cell: int) -> str:
    """Return why nothing is shown of an area; "" for one that speaks."""
    if reason is None:
        return ""
    return {
        Silence.FEW: _("Fewer than %(minimum)s answers; they count in the agency's score.")
        % {"minimum": minimum_cell},
        Silence.SUBTRACTION: _(
            "Not shown, because the answers of a few people elsewhere would follow from it."
        ),
        Silence.IMPRECISE: _("The answers differ too much for a score."),
    }[reason]


def area_lists(results: ReleasedWave, agency: ReleasedAgency) -> list[AreaList]:
    """Return the service areas of an agency: users first, then employees."""
    return [
        _area_list(results, group, agency.service_areas[group])
        for group in (Group.EXTERNAL, Group.INTERNAL)
        if agency.service_areas.get(group)
    ]


def _area_list(results: ReleasedWave, group: Group, areas: Sequence[ReleasedArea]) -> AreaList:
    words = results.specification
    dimensions = {code: in_language(dict(text)) for code, text in words.dimensions[group].items()}
    asked = words.questions.get(group, {})
    questions = {code: in_language(dict(text)) for code, text in asked.items()}
    lines = [
        _line(area, results, dimensions, questions) for area in sorted(areas, key=_by_certainty)
    ]
    title = {
        Group.EXTERNAL: _("Services, as users rate them"),
        Group.INTERNAL: _("Work units, as employees rate them"),
    }
    return AreaList(
        group=group,
        label=str(group.label),
        title=title[group],
        speaking=sum(not line.silent for line in lines),
        total=len(lines),
        summaries=_summaries(lines),
        headings=[_("Score"), *dimensions.values()],
        questions=list(questions.values()),
        lines=lines,
    )


def _summaries(lines: Sequence[AreaLine]) -> list[AreaSummary]:
    return [
        AreaSummary(verdict, verdict_label(verdict), own)
        for verdict in (Verdict.GOOD, Verdict.MUST_IMPROVE, *ORDER[2:])
        if (own := [line for line in lines if line.verdict == verdict])
    ]


def certainty(area: ReleasedArea) -> float:
    """Return how probable the headline verdict of an area is, 0–1; 0 where there is none."""
    if area.judgement is None:
        return 0.0
    verdict = area.judgement.headline
    chances = [_chance(bar) for bar in _bars(area) if bar.verdict == verdict]
    return max(chances, default=0.0)


def _bars(area: ReleasedArea) -> list[ReleasedBar]:
    judged = area.judgement
    bars = (judged.own_mean, judged.category_mean, judged.band) if judged else ()
    return [bar for bar in bars if bar is not None]


def _chance(bar: ReleasedBar) -> float:
    return {
        Verdict.GOOD: bar.above,
        Verdict.MUST_IMPROVE: bar.below,
        Verdict.NOT_DIFFERENT: bar.near,
        Verdict.CANNOT_BE_SAID: 0.0,
    }[bar.verdict]


def _by_certainty(area: ReleasedArea) -> tuple[int, float, float, str]:
    """Order: what is certain first; then what is not different, not known, and silent.

    Many are equally certain, "> 99 %": among them stands first what differs most, for a report
    names only a few.
    """
    if area.judgement is None:
        return (3, 0.0, 0.0, area.code)
    verdict = area.judgement.headline
    certain = verdict in {Verdict.GOOD, Verdict.MUST_IMPROVE}
    rank = 0 if certain else 1 if verdict is Verdict.NOT_DIFFERENT else 2
    farthest = max((abs(bar.gap) for bar in _bars(area) if bar.verdict == verdict), default=0.0)
    return (rank, -min(certainty(area), ALMOST_CERTAIN), -farthest, area.code)


def _line(
    area: ReleasedArea,
    results: ReleasedWave,
    dimensions: Mapping[str, str],
    questions: Mapping[str, str],
) -> AreaLine:
    bands, component = results.specification.bands, area.component
    verdict = area.judgement.headline if area.judgement else Verdict.CANNOT_BE_SAID
    sure = certainty(area)
    cells = {"": component} | dict(area.dimensions)
    headings = {"": _("Score")} | dict(dimensions)
    category = CATEGORIES.get(area.category)
    return AreaLine(
        code=area.code,
        name=in_language(dict(area.name)),
        category=in_language(category.name) if category else "",
        n=area.n,
        silent=silence_sentence(area.silent, results.minimum_cell),
        verdict=verdict,
        verdict_label=verdict_label(verdict),
        sure=chance(sure) if sure else "",
        dimensions=[
            _score_cell(heading, cells.get(code), bands) for code, heading in headings.items()
        ],
        prevalence=[
            _share_cell(heading, area.prevalence.get(code)) for code, heading in questions.items()
        ],
        bars=_bar_lines(area),
        note=_note(component),
    )


def decimal(value: float) -> str:
    """Return a score to one decimal, as the language writes it: two would say too much."""
    return floatformat(value, 1)


def _interval(figure: ReleasedAreaFigure) -> str:
    return f"{decimal(figure.model.ci_low)} – {decimal(figure.model.ci_high)}"


def _score_cell(heading: str, figure: ReleasedAreaFigure | None, bands: Sequence[Band]) -> HeatCell:
    if figure is None:
        return HeatCell(heading, "", "", "", SILENT)
    model = figure.model
    return HeatCell(
        heading=heading,
        value=decimal(model.score),
        interval=_interval(figure),
        n=str(figure.direct.n),
        tone=tone_of(model.score, model.ci_low, model.ci_high, bands),
    )


def _share_cell(heading: str, share: ReleasedShare | None) -> HeatCell:
    if share is None:
        return HeatCell(heading, "", "", "", SILENT)
    ends = f"{percent(share.ci_low)} – {percent(share.ci_high)}"
    return HeatCell(heading, percent(share.share), ends, str(share.n), "share")


def tone_of(score: float, low: float, high: float, bands: Sequence[Band]) -> str:
    """Return where an interval lies: strong tones only where all of it is beyond an edge.

    Without bands every score has the tone in the middle.
    """
    if not bands:
        return "middle"
    least, most = bands[0].high, bands[-1].low
    if score < least:
        return "low" if high < least else "lower"
    if score >= most:
        return "high" if low >= most else "higher"
    return "middle"


def _bar_lines(area: ReleasedArea) -> list[BarLine]:
    judged = area.judgement
    if judged is None:
        return []
    bars = (
        (_("Against the agency's own mean"), judged.own_mean),
        (_("Against the same kind of service in other agencies"), judged.category_mean),
        (_("Against the bands of the index"), judged.band),
    )
    return [
        BarLine(label, verdict_label(bar.verdict), chance(_chance(bar)) if _chance(bar) else "")
        if bar
        else BarLine(label, _("Nothing to compare with"), "")
        for label, bar in bars
    ]


def _note(figure: ReleasedAreaFigure | None) -> str:
    if figure is None:
        return ""
    if figure.model.model is Model.DIRECT:
        return _("From the answers of this area alone.")
    own = percent(figure.model.own)
    return _(
        "Own answers alone: %(score)s. They count %(own)s in the score; the rest comes from what "
        "is usual in areas of this kind."
    ) % {"score": decimal(figure.direct.score), "own": own}
