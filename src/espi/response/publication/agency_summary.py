"""The first page of an agency's report: what a regent reads in a minute."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from espi.design.models import Group
from espi.method.index.released import ReleasedAgency
from espi.method.verdicts.verdict import Verdict
from espi.response.publication import numbers
from espi.response.publication import presentation as shown
from espi.response.publication.area_presentation import AreaList, area_lists
from espi.response.publication.blocks import (
    Block,
    Column,
    Columns,
    Headline,
    Notice,
    Paragraph,
    Section,
)
from espi.response.publication.figures import shares_of
from espi.response.publication.report_facts import ReportFacts
from espi.response.publication.report_words import sentence_of_share

LISTED = 3  # of each kind: what a reader keeps


def summary_section(facts: ReportFacts, agency: ReleasedAgency) -> Section:
    """Return the summary of an agency: one page."""
    row = facts.rows[agency.code]
    if row.index is None:
        blocks: list[Block] = [
            Notice(_("No index is shown for this agency.")),
            Paragraph(row.reason),
        ]
    else:
        sentences = (row.rank_sentence, row.joining)
        blocks = [
            _headline(facts, agency, row, row.index),
            *(Paragraph(sentence) for sentence in sentences if sentence),
        ]
    blocks.append(Columns(_columns(facts, agency)))
    return Section(title=_("In one page"), blocks=blocks)


def _headline(
    facts: ReportFacts, agency: ReleasedAgency, row: shown.AgencyRow, index: shown.Figure
) -> Headline:
    peers = [
        other.index
        for other in facts.results.agencies
        if other.type == agency.type and other.code != agency.code and other.index is not None
    ]
    band = row.band.label if row.band else ""
    interval = numbers.scores(index.low, index.high)
    lines = [
        (_("95 % interval"), interval),
        (_("Standard error"), numbers.score(index.se)),
        (_("Band"), band),
        (_("Probability that the true index lies in this band"), row.chance),
        (_("Before corrections"), "" if row.raw is None else numbers.score(row.raw)),
        (_("Points of corrections"), numbers.score(row.corrected_by)),
    ]
    return Headline(
        value=numbers.score(index.value),
        label=_("Integrity index"),
        facts=[(name, value) for name, value in lines if value],
        at=(index.low, index.value, index.high),
        bands=facts.band_ranges,
        peers=peers,
        described=_described(row, numbers.score(index.value), interval, peers),
    )


def _described(row: shown.AgencyRow, index: str, interval: str, peers: Sequence[float]) -> str:
    """Return the picture of the index in words."""
    sentence = _("The dot is the index, %(index)s; the bar its 95 %% interval, %(interval)s.") % {
        "index": index,
        "interval": interval,
    }
    if not peers:
        return sentence
    among = _(
        "The %(count)s ticks are the other agencies of the type “%(type)s”, from %(low)s to "
        "%(high)s; each has an interval of its own."
    ) % {
        "count": len(peers),
        "type": row.type,
        "low": numbers.score(min(peers)),
        "high": numbers.score(max(peers)),
    }
    return f"{sentence} {among}"


def _columns(facts: ReportFacts, agency: ReleasedAgency) -> list[Column]:
    lists = area_lists(facts.results, agency)
    columns = [
        _verdicts(
            lists,
            Verdict.GOOD,
            _("What is good"),
            _("No service area is shown to be better than others."),
        ),
        _verdicts(
            lists,
            Verdict.MUST_IMPROVE,
            _("What must improve"),
            _("No service area is shown to need improvement more than others."),
        ),
    ]
    if seen := shares_of(agency)[:LISTED]:
        columns.append(
            Column(_("What most people have seen"), [sentence_of_share(row) for row in seen])
        )
    columns.append(Column(_("What is not known"), _unknown(facts, agency)))
    return columns


def _verdicts(lists: Sequence[AreaList], verdict: Verdict, title: str, none: str) -> Column:
    """Return the surest areas of one verdict, only where the data carry it; groups one by one."""
    sentences = [
        _("%(area)s (%(group)s): %(score)s, interval %(interval)s, %(n)s answers.")
        % {
            "area": line.name,
            "group": areas.label.lower(),
            "score": line.dimensions[0].value,
            "interval": line.dimensions[0].interval,
            "n": line.n,
        }
        for areas in lists
        for line in areas.lines
        if line.verdict == verdict
    ]
    return Column(title, sentences[:LISTED] or [none])


def _unknown(facts: ReportFacts, agency: ReleasedAgency) -> list[str]:
    """Return what the data do not say; always something, for no survey says everything."""
    least = facts.results.minimum_cell
    few = [
        str(Group(group).label) for group, n in agency.n.items() if n.startswith("<") or n == "0"
    ]
    sentences = []
    if few:
        sentences.append(
            _("What these groups think, for fewer than %(least)s of them answered: %(groups)s.")
            % {"least": least, "groups": ", ".join(few)}
        )
    silent = sum(
        line.verdict == Verdict.CANNOT_BE_SAID
        for areas in area_lists(facts.results, agency)
        for line in areas.lines
    )
    if silent:
        sentences.append(
            _("How good these are, for too little is known of them: %(count)s service areas.")
            % {"count": silent}
        )
    sentences.append(
        _(
            "What those who did not answer would have said. If people with bad experiences answer "
            "less often, the true index is lower, and no interval shows it."
        )
    )
    return sentences
