"""Service areas in a report: what the page shows of them, as heat tables for each group."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from espi.method.index.released import ReleasedAgency, ReleasedWave
from espi.response.publication import area_presentation as shown
from espi.response.publication.blocks import (
    Block,
    Grid,
    Heat,
    HeatCell,
    HeatRow,
    Paragraph,
    Section,
)

# Places of the page's tones among the colours of a report; a share of people has the middle one.
TONES = {"low": 0, "lower": 1, "middle": 2, "higher": 3, "high": 4, "share": 2, shown.SILENT: -1}


def area_sections(results: ReleasedWave, agency: ReleasedAgency) -> list[Section]:
    """Return one section for each group that rated service areas; groups are never mixed."""
    return [
        Section(title=areas.title, blocks=_blocks(areas), wide=True)
        for areas in shown.area_lists(results, agency)
    ]


def _blocks(areas: shown.AreaList) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(
            _(
                "Each cell has the score (0 to 100, 100 is best), its 95 % interval and the number "
                "of answers. What is surest stands first. Hatched: nothing can be said."
            )
        ),
        Heat(
            caption=_("Scores of service areas: %(group)s") % {"group": areas.label},
            first=_("Service area"),
            columns=areas.headings,
            rows=[HeatRow(line.name, _note(line), _cells(line.dimensions)) for line in areas.lines],
            legend=[
                _("surely in the lowest band"),
                _("probably in the lowest band"),
                _("between"),
                _("probably in the highest band"),
                _("surely in the highest band"),
                _("nothing can be said"),
            ],
        ),
    ]
    if areas.questions:
        blocks.append(
            Heat(
                caption=_("Share of people who have seen or experienced it at least once"),
                first=_("Service area"),
                columns=areas.questions,
                rows=[HeatRow(line.name, "", _cells(line.prevalence)) for line in areas.lines],
                legend=[],
            )
        )
    return [*blocks, _bars(areas.lines)]


def _note(line: shown.AreaLine) -> str:
    """Return the verdict with how sure it is, or why nothing is shown."""
    if line.silent:
        return line.silent
    return f"{line.verdict_label} ({line.sure})" if line.sure else line.verdict_label


def _cells(cells: Sequence[shown.HeatCell]) -> list[HeatCell]:
    return [
        HeatCell(value=cell.value or "–", interval=cell.interval, n=cell.n, tone=TONES[cell.tone])
        for cell in cells
    ]


def _bars(lines: Sequence[shown.AreaLine]) -> Grid:
    """Return what each verdict rests on: every bar, and how the score was made."""
    speaking = [line for line in lines if line.bars]
    labels = [bar.label for bar in speaking[0].bars] if speaking else []
    return Grid(
        caption=_("What the verdicts rest on, and how sure each is"),
        header=[_("Service area"), *labels, _("How the score was made")],
        rows=[
            [
                line.name,
                *(f"{bar.verdict} ({bar.sure})" if bar.sure else bar.verdict for bar in line.bars),
                line.note,
            ]
            for line in speaking
        ],
        widths=[3, *(2 for _label in labels), 4],
    )
