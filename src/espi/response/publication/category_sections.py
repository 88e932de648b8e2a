"""Service categories in the report of the nation: means, and verdicts by type of agency."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from espi.method.verdicts.verdict import Verdict
from espi.response.publication.blocks import Grid, Paragraph, Section
from espi.response.publication.national_presentation import (
    CategoryList,
    CategoryRow,
    category_lists,
)
from espi.response.publication.report_facts import ReportFacts


def category_sections(facts: ReportFacts) -> list[Section]:
    """Return one section for each group that rated service areas; groups are never mixed."""
    return [_section(facts, categories) for categories in category_lists(facts.results)]


def _section(facts: ReportFacts, categories: CategoryList) -> Section:
    means = Grid(
        caption=_("Mean of each category over all agencies"),
        header=[_("Category"), _("Score"), _("95 % interval"), _("Service areas"), _("Agencies")],
        rows=[
            [row.name, row.value or "–", row.interval or "–", str(row.areas), str(row.agencies)]
            for row in categories.rows
        ],
        widths=[1, 0, 0, 0, 0],
        numbers=[1, 2, 3, 4],
    )
    kinds = sorted({row.type for row in facts.rows.values()})
    verdicts = Grid(
        caption=_("Verdicts by type of agency: good / must improve / all service areas"),
        header=[_("Category"), *kinds],
        rows=[
            [row.name, *(_counts(facts, row, kind) for kind in kinds)] for row in categories.rows
        ],
        widths=[2, *(1 for _kind in kinds)],
    )
    intro = Paragraph(
        _(
            "A category is the same kind of service in all agencies. An area that is neither good "
            "nor must improve is not different from the rest, or nothing can be said of it."
        )
    )
    return Section(title=categories.title, blocks=[intro, means, verdicts], page=True)


def _counts(facts: ReportFacts, row: CategoryRow, kind: str) -> str:
    verdicts = [
        item.verdict
        for cell in row.cells
        if facts.rows[cell.code].type == kind
        for item in cell.items
    ]
    return _ratio(verdicts) if verdicts else "–"


def _ratio(verdicts: Sequence[str]) -> str:
    good, bad = verdicts.count(Verdict.GOOD), verdicts.count(Verdict.MUST_IMPROVE)
    return f"{good} / {bad} / {len(verdicts)}"
