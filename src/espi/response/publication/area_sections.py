"""Service areas in a report: a heat table for each group, prevalence, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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
from espi.method.index.scores import Words
from espi.method.verdicts.verdict import Verdict
from espi.response.publication import numbers
from espi.response.publication import presentation as shown
from espi.response.publication.blocks import (
    Block,
    Grid,
    Heat,
    HeatCell,
    HeatRow,
    Paragraph,
    Section,
)
from espi.response.publication.words import reason_of_silence, verdict_name

SCORE_STEPS = (60.0, 70.0, 80.0, 90.0)  # where a colour of a score ends and the next begins
SHARE_STEPS = (0.1, 0.25, 0.5, 0.75)  # of shares, 0–1; a large one is bad
# What is certain stands first: a reader should meet what can be acted on.
ORDER = (
    Verdict.MUST_IMPROVE,
    Verdict.GOOD,
    Verdict.NOT_DIFFERENT,
    Verdict.CANNOT_BE_SAID,
)


def verdict_of(area: ReleasedArea) -> Verdict:
    """Return the one verdict of an area; a silent one cannot be judged."""
    return area.judgement.headline if area.judgement else Verdict.CANNOT_BE_SAID


def by_certainty(areas: Sequence[ReleasedArea]) -> list[ReleasedArea]:
    """Return areas with a verdict first, the surest of each kind before the others."""
    return sorted(
        areas,
        key=lambda area: (
            area.silent is not None,
            ORDER.index(verdict_of(area)),
            -_certainty(area),
        ),
    )


def _certainty(area: ReleasedArea) -> float:
    """Return the probability of the surest side of any bar; 0 where there is none."""
    return max((max(bar.above, bar.below) for bar in _bars(area) if bar), default=0.0)


def _bars(area: ReleasedArea) -> tuple[ReleasedBar | None, ...]:
    judged = area.judgement
    return (judged.own_mean, judged.category_mean, judged.band) if judged else (None, None, None)


def area_sections(results: ReleasedWave, agency: ReleasedAgency) -> list[Section]:
    """Return one section for each group that rated service areas; groups are never mixed."""
    return [
        _section(results, group, by_certainty(areas))
        for group in Group.values
        if (areas := agency.service_areas.get(group, ()))
    ]


def _section(results: ReleasedWave, group: str, areas: Sequence[ReleasedArea]) -> Section:
    label = Group(group).label
    about = {
        Group.INTERNAL: _("Units as employees rate them"),
        Group.EXTERNAL: _("Services as users rate them"),
    }.get(Group(group), str(label))
    blocks: list[Block] = [
        Paragraph(
            _(
                "Each cell has the score (0 to 100, 100 is best), its 95 % interval and the number "
                "of answers. What is surest stands first. Hatched: nothing can be said."
            )
        ),
        _scores(results, group, areas),
    ]
    questions = results.specification.questions.get(group, {})
    if questions and any(area.prevalence for area in areas):
        blocks.append(_prevalence(questions, areas))
    blocks.append(_against_bars(areas))
    return Section(title=about, blocks=blocks, wide=True)


def _against_bars(areas: Sequence[ReleasedArea]) -> Grid:
    """Return what each verdict rests on: the distance to every bar, and how sure its side is."""
    rows = [
        [
            _text(area.name),
            verdict_name(verdict_of(area)),
            *(_against(bar) for bar in _bars(area)),
        ]
        for area in areas
        if area.silent is None
    ]
    return Grid(
        caption=_("What the verdicts rest on: points from each bar, and how sure the side is"),
        header=[
            _("Service area"),
            _("Verdict"),
            _("The agency's own mean"),
            _("The category in other agencies"),
            _("The bands of the index"),
        ],
        rows=rows,
        widths=[3, 2, 2, 2, 2],
    )


def _against(bar: ReleasedBar | None) -> str:
    if bar is None:
        return "–"
    side = _("above") if bar.gap >= 0 else _("below")
    chance = bar.above if bar.gap >= 0 else bar.below
    words = {
        "points": numbers.score(abs(bar.gap)),
        "side": side,
        "chance": shown.percent(min(chance, shown.ALMOST_CERTAIN)),
    }
    if chance > shown.ALMOST_CERTAIN:
        return _("%(points)s %(side)s (more than %(chance)s)") % words
    return _("%(points)s %(side)s (%(chance)s)") % words


def _scores(results: ReleasedWave, group: str, areas: Sequence[ReleasedArea]) -> Heat:
    dimensions = results.specification.dimensions[group]
    spoken = [code for code in dimensions if any(code in area.dimensions for area in areas)]
    return Heat(
        caption=_("Scores of service areas: %(group)s") % {"group": Group(group).label},
        first=_("Service area"),
        columns=[_("All"), *(_text(dimensions[code]) for code in spoken)],
        rows=[
            HeatRow(
                _text(area.name),
                _note(area, results.minimum_cell),
                [
                    _cell(area.component, area.n),
                    *(_cell(area.dimensions.get(code), "") for code in spoken),
                ],
            )
            for area in areas
        ],
        legend=[
            _("below %(high)s") % {"high": 60},
            *(_("%(low)s to below %(high)s") % {"low": k, "high": k + 10} for k in (60, 70, 80)),
            _("%(low)s and above") % {"low": 90},
            _("nothing can be said"),
        ],
    )


def _prevalence(questions: Mapping[str, Words], areas: Sequence[ReleasedArea]) -> Heat:
    asked = [code for code in questions if any(code in area.prevalence for area in areas)]
    return Heat(
        caption=_("Share of people who have seen or experienced it at least once"),
        first=_("Service area"),
        columns=[_text(questions[code]) for code in asked],
        rows=[
            HeatRow(
                _text(area.name),
                "",
                [_share_cell(area.prevalence.get(code)) for code in asked],
            )
            for area in areas
        ],
        legend=[
            "75 – 100 %",
            "50 – 75 %",
            "25 – 50 %",
            "10 – 25 %",
            "0 – 10 %",
            _("nothing can be said"),
        ],
    )


def _note(area: ReleasedArea, least: int) -> str:
    if area.silent is not None:
        return reason_of_silence(area.silent, least)
    return verdict_name(verdict_of(area))


def _cell(figure: ReleasedAreaFigure | None, n: str) -> HeatCell:
    if figure is None:
        return HeatCell(value="–", interval="", n=n, tone=-1)
    score = figure.model.score
    return HeatCell(
        value=numbers.score(score),
        interval=numbers.scores(figure.model.ci_low, figure.model.ci_high),
        n=str(figure.direct.n),
        tone=sum(score >= step for step in SCORE_STEPS),
    )


def _share_cell(share: ReleasedShare | None) -> HeatCell:
    if share is None:
        return HeatCell(value="–", interval="", n="", tone=-1)
    return HeatCell(
        value=shown.percent(share.share),
        interval=f"{shown.percent(share.ci_low)} – {shown.percent(share.ci_high)}",
        n=str(share.n),
        tone=len(SHARE_STEPS) - sum(share.share >= step for step in SHARE_STEPS),
    )


def _text(words: Words) -> str:
    return in_language(dict(words))
