"""The report of the nation: every agency with its interval, and who has no index and why."""

from __future__ import annotations

from collections import defaultdict

from django.utils.translation import gettext as _

from espi.design.models import Agency, in_language
from espi.method.index.released_facts import AbsentAgency
from espi.response.publication import numbers
from espi.response.publication.blocks import (
    Block,
    Cover,
    Document,
    Figures,
    Grid,
    Headline,
    Notice,
    Paragraph,
    ReportFigure,
    Section,
)
from espi.response.publication.category_sections import category_sections
from espi.response.publication.figures import figures_header
from espi.response.publication.method_sections import method_sections, middle_agency
from espi.response.publication.presentation import AgencyRow
from espi.response.publication.report_facts import (
    ReportFacts,
    digest_section,
    protection_section,
)
from espi.response.publication.report_words import how_to_read
from espi.response.publication.words import (
    rehearsal_banner,
    specification_name,
    words_of_document,
)


def national_document(facts: ReportFacts) -> Document:
    """Return the report of the nation, in the language of the moment."""
    rows = list(facts.rows.values())
    method = facts.results.method
    return Document(
        language=facts.language,
        cover=Cover(
            title=_("Integrity index report"),
            name=_("All agencies"),
            facts=[
                (_("Wave"), facts.wave_name),
                (_("Released"), facts.released),
                (_("Index specification"), specification_name(method.specification)),
            ],
            note=_(
                "Every number in this report comes from the same release as the results site, with "
                "its uncertainty. No number rests on fewer than %(least)s people."
            )
            % {"least": facts.results.minimum_cell},
        ),
        summary=_summary(facts, rows),
        sections=[
            Section(title=_("How to read this report"), blocks=how_to_read(facts.results)),
            _agencies(rows),
            _alike(rows),
            *category_sections(facts),
            _withheld(facts, rows),
            *method_sections(facts.method, middle_agency(facts.results)),
            protection_section(facts),
            digest_section(facts),
        ],
        running=[_("All agencies"), *facts.running],
        rehearsal=rehearsal_banner(facts.results),
        words=words_of_document(),
    )


def _summary(facts: ReportFacts, rows: list[AgencyRow]) -> Section:
    nation = facts.results.national
    if nation is None:
        return Section(title=_("In one page"), blocks=[Notice(_("No agency has an index."))])
    indices = [row.index.value for row in rows if row.index]
    interval = numbers.scores(nation.ci_low, nation.ci_high)
    described = _(
        "The dot is the mean of all agencies, the bar its 95 %% interval, %(interval)s. The ticks "
        "are the %(count)s agencies, from %(low)s to %(high)s; each has an interval of its own."
    ) % {
        "interval": interval,
        "count": len(indices),
        "low": numbers.score(min(indices)),
        "high": numbers.score(max(indices)),
    }
    headline = Headline(
        value=numbers.score(nation.index),
        label=_("National index: the plain mean of the agencies"),
        facts=[
            (_("95 % interval"), interval),
            (_("Standard error"), numbers.score(nation.se)),
            (_("Agencies with an index"), str(nation.agencies)),
            (_("Agencies without an index"), str(len(rows) - nation.agencies)),
        ],
        at=(nation.ci_low, nation.index, nation.ci_high),
        bands=facts.band_ranges,
        peers=indices,
        described=described,
    )
    return Section(title=_("In one page"), blocks=[headline, _bands(rows)])


def _bands(rows: list[AgencyRow]) -> Grid:
    """Return how many agencies lie in each band, by type."""
    types = sorted({row.type for row in rows})
    labels = list(dict.fromkeys(row.band.label for row in _by_index(rows) if row.band))
    cells = [
        [
            kind,
            *(
                str(sum(row.type == kind and _band(row) == label for row in rows))
                for label in labels
            ),
            str(sum(row.type == kind and row.index is None for row in rows)),
        ]
        for kind in types
    ]
    return Grid(
        caption=_("Agencies by type and band; near an edge the band is a matter of chance"),
        header=[_("Type"), *labels, _("Withheld")],
        rows=cells,
        widths=[1, *(0 for _label in labels), 0],
        numbers=list(range(1, len(labels) + 2)),
    )


def _band(row: AgencyRow) -> str:
    return row.band.label if row.band else ""


def _by_index(rows: list[AgencyRow]) -> list[AgencyRow]:
    with_index = [row for row in rows if row.index]
    return sorted(with_index, key=lambda row: -row.index.value if row.index else 0.0)


def _agencies(rows: list[AgencyRow]) -> Section:
    by_type: dict[str, list[AgencyRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.name):
        by_type[row.type].append(row)
    picture, _score, interval, _answers = figures_header()
    tables: list[Block] = [
        Figures(
            caption=kind,
            first=_("Assessed agency"),
            header=(picture, _("Index"), interval, _("Possible ranks")),
            rows=[_figure(row) for row in of_type if row.index],
        )
        for kind, of_type in sorted(by_type.items())
        if any(row.index for row in of_type)
    ]
    intro = Paragraph(
        _(
            "The table is in the order of names. Possible ranks: the places that the true index "
            "may have; all of them together hold the true order in 95 of 100 such tables. Agencies "
            "that share places cannot be told apart."
        )
    )
    return Section(title=_("Agencies"), blocks=[intro, *tables], page=True)


def _figure(row: AgencyRow) -> ReportFigure:
    figure = row.index
    if figure is None:  # the caller lists only those with an index
        raise ValueError(row.code)
    raw = "" if row.raw is None else f"{_('Before corrections')} {numbers.score(row.raw)}"
    return ReportFigure(
        label=row.name,
        note=" · ".join(part for part in (_band(row), row.chance, raw) if part),
        value=numbers.score(figure.value),
        interval=numbers.scores(figure.low, figure.high),
        n=row.places,
        at=(figure.low, figure.value, figure.high),
    )


def _alike(rows: list[AgencyRow]) -> Section:
    """Return how many others each agency cannot be told from."""
    ranked = [row for row in _by_index(rows) if row.rank]
    cells = [[row.name, row.places, str(row.rank.alike if row.rank else 0)] for row in ranked]
    return Section(
        title=_("Who cannot be told apart"),
        blocks=[
            Paragraph(
                _(
                    "From the highest estimate to the lowest. The order of neighbours says "
                    "nothing; what is certain is the range of places."
                )
            ),
            Grid(
                caption=_("Possible ranks"),
                header=[
                    _("Assessed agency"),
                    _("Possible ranks"),
                    _("Others it cannot be told from"),
                ],
                rows=cells,
                widths=[1, 0, 0],
                numbers=[1, 2],
            ),
        ],
        page=True,
    )


def _withheld(facts: ReportFacts, rows: list[AgencyRow]) -> Section:
    without = [[row.name, row.type, row.reason] for row in rows if row.index is None]
    without += [
        [each.name, str(Agency.Type(each.type).label), _reason(each)]
        for each in facts.results.dropped
    ]
    if not without:
        blocks: list[Block] = [Paragraph(_("Every agency has an index."))]
    else:
        blocks = [
            Grid(
                caption=_("Agencies without an index, and why"),
                header=[_("Assessed agency"), _("Type"), _("Reason")],
                rows=without,
                widths=[1, 0, 1],
            )
        ]
    return Section(title=_("Agencies without an index"), blocks=blocks)


def _reason(absent: AbsentAgency) -> str:
    """Return why two people took an agency out of the wave, or its results out of the release."""
    reason = in_language(dict(absent.reason))
    if absent.withheld:
        return _("Withheld by two people: %(reason)s") % {"reason": reason}
    return _("Taken out of the wave by two people: %(reason)s") % {"reason": reason}
