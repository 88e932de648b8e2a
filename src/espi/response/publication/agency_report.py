"""The report of one agency: what stands on its page, in the order in which a reader asks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.design.models import Group, in_language
from espi.method.index.released import ReleasedAgency
from espi.response.publication import numbers
from espi.response.publication import presentation as shown
from espi.response.publication.agency_summary import summary_section
from espi.response.publication.answer_sections import profile_blocks, quality_sections
from espi.response.publication.area_sections import area_sections
from espi.response.publication.blocks import (
    Block,
    Cover,
    Document,
    Figures,
    Grid,
    Heading,
    Notice,
    Paragraph,
    Section,
)
from espi.response.publication.figures import figure_of, figures_header, shares_of
from espi.response.publication.method_sections import method_sections
from espi.response.publication.peer_section import peer_sections
from espi.response.publication.report_facts import (
    ReportFacts,
    digest_section,
    protection_section,
)
from espi.response.publication.report_words import how_to_read
from espi.response.publication.trend_section import trend_sections
from espi.response.publication.words import (
    rehearsal_banner,
    specification_name,
    words_of_document,
)


def agency_document(facts: ReportFacts, agency: ReleasedAgency) -> Document:
    """Return the report of an agency, in the language of the moment."""
    row = facts.rows[agency.code]
    sections = [
        Section(title=_("How to read this report"), blocks=how_to_read(facts.results)),
        *peer_sections(facts.results, agency),
        *area_sections(facts.results, agency),
        *_findings(facts, agency),
        _respondents(facts, agency),
        _corrections(facts, agency),
        *quality_sections(agency, facts.results.minimum_cell),
        *trend_sections(facts, agency),
        *method_sections(facts.method, None if agency.withheld else agency),
        protection_section(facts),
        digest_section(facts),
    ]
    return Document(
        language=facts.language,
        cover=Cover(
            title=_("Integrity index report"),
            name=row.name,
            facts=[
                (_("Type"), row.type),
                (_("Wave"), facts.wave_name),
                (_("Released"), facts.released),
                (_("Index specification"), specification_name(facts.results.method.specification)),
            ],
            note=_(
                "Every number in this report comes from the same release as the results site, with "
                "its uncertainty. No number rests on fewer than %(least)s people."
            )
            % {"least": facts.results.minimum_cell},
        ),
        summary=summary_section(facts, agency),
        sections=sections,
        running=[row.name, *facts.running],
        rehearsal=rehearsal_banner(facts.results),
        words=words_of_document(),
    )


def _groups(agency: ReleasedAgency) -> list[str]:
    """Return the groups that have a component, in the order in which they are named everywhere."""
    return [group for group in Group.values if group in agency.components]


def _findings(facts: ReportFacts, agency: ReleasedAgency) -> list[Section]:
    if not agency.components:
        return []
    return [_dimensions(facts, agency), *_prevalence(agency), _questions(facts, agency)]


def _dimensions(facts: ReportFacts, agency: ReleasedAgency) -> Section:
    blocks: list[Block] = []
    components = shown.components_of(facts.results, agency)
    order = [str(Group(group).label) for group in Group.values]
    for component in sorted(components, key=lambda part: order.index(part.group)):
        blocks += [
            Heading(f"{component.group}: {numbers.score(component.total.value)}"),
            Paragraph(
                _("95 %% interval %(interval)s; weight in the index %(weight)s; %(n)s answers.")
                % {
                    "interval": numbers.scores(component.total.low, component.total.high),
                    "weight": numbers.weight(component.weight),
                    "n": component.total.n,
                }
            ),
            Figures(
                caption=_("Dimensions of the group: %(group)s") % {"group": component.group},
                first=_("Dimension"),
                header=figures_header(),
                rows=[figure_of(figure) for figure in component.dimensions],
            ),
        ]
    blocks.append(
        Notice(
            _(
                "The expert component has few respondents and the largest weight: it is the "
                "noisiest part of the index."
            )
        )
    )
    return Section(title=_("Components and dimensions"), blocks=blocks, page=True)


def _prevalence(agency: ReleasedAgency) -> list[Section]:
    """Return the shares of people who saw or experienced something, the largest first."""
    tables: list[Block] = []
    for group in _groups(agency):
        rows = [row for row in shares_of(agency) if row.group == group]
        if rows:
            tables.append(
                Figures(
                    caption=_("Group: %(group)s") % {"group": Group(group).label},
                    first=_("What was asked"),
                    header=(_("0 – 100 %"), _("Share"), _("95 % interval"), _("Answers")),
                    rows=[row.figure for row in rows],
                    large=True,
                )
            )
    if not tables:
        return []
    intro = Paragraph(
        _(
            "The share of people who have seen, heard of or experienced what was asked at least "
            "once, however rarely. Here 0 % would be the best. The largest share stands first."
        )
    )
    return [Section(title=_("What people have seen"), blocks=[intro, *tables])]


def _questions(facts: ReportFacts, agency: ReleasedAgency) -> Section:
    blocks: list[Block] = [
        Paragraph(
            _(
                "Every question has a score between 0 and 100, and 100 is always the best. Below "
                "each question stands which answers give 0 and 100."
            )
        )
    ]
    for group in _groups(agency):
        part = agency.components[group]
        labels = facts.results.specification.dimensions[group]
        for code in part.dimensions:
            items = {name: item for name, item in part.items.items() if item.dimension == code}
            if items:
                dimension = in_language(dict(labels[code]))
                blocks.append(
                    Figures(
                        caption=f"{Group(group).label} · {dimension}",
                        first=_("Question"),
                        header=figures_header(),
                        rows=[
                            figure_of(
                                shown.figure_of(in_language(dict(item.label)), item, facts.scale),
                                facts.anchors.get((group, name), ""),
                            )
                            for name, item in items.items()
                        ],
                    )
                )
    return Section(title=_("Questions"), blocks=blocks)


def _respondents(facts: ReportFacts, agency: ReleasedAgency) -> Section:
    return Section(
        title=_("Who answered"),
        blocks=[
            facts.method.turnout.of_agency(agency),
            Paragraph(
                _(
                    "Nobody, and no computer of the survey, knows who of those invited answered. "
                    "Counts of fewer than %(least)s are not shown."
                )
                % {"least": facts.results.minimum_cell}
            ),
            *profile_blocks(agency, facts.results.minimum_cell),
        ],
    )


def _corrections(facts: ReportFacts, agency: ReleasedAgency) -> Section:
    rows = []
    for correction in shown.corrections_of(facts.results, agency):
        evidence = [
            f"{entry.occurred_on} · {entry.source} · {entry.evidence}"
            for entry in correction.evidence
        ]
        rows.append(
            [
                correction.label,
                numbers.score(correction.points),
                "; ".join(evidence) or _("No correction was made."),
            ]
        )
    return Section(
        title=_("Corrections"),
        blocks=[
            Paragraph(
                _(
                    "Points are taken off for facts that stand on paper, entered by one person and "
                    "approved by another."
                )
            ),
            Grid(
                caption=_("Corrections"),
                header=[_("Correction"), _("Points"), _("Date, source and evidence")],
                rows=rows,
                widths=[0, 0, 1],
                numbers=[1],
            ),
        ],
    )
