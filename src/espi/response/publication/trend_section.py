"""The index of an agency over the years, where there is more than one."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from espi.method.index.released import ReleasedAgency, ReleasedChange
from espi.response.publication import numbers
from espi.response.publication.blocks import Block, Grid, Paragraph, Section
from espi.response.publication.report_facts import EarlierIndex, ReportFacts


def trend_sections(facts: ReportFacts, agency: ReleasedAgency) -> list[Section]:
    """Return the section on earlier years; none for an agency without any, or without an index."""
    earlier, headline = facts.earlier.get(agency.code, ()), agency.headline
    if headline is None or agency.withheld:
        return []
    blocks: list[Block] = []
    if earlier:
        now = [
            str(facts.results.wave.year),
            numbers.score(headline.index),
            numbers.scores(headline.ci_low, headline.ci_high),
            facts.wave_name,
        ]
        blocks.append(_years(earlier, now))
    if agency.change:
        blocks += _change(agency.change)
    return [Section(title=_("Trend"), blocks=blocks)] if blocks else []


def _years(earlier: Sequence[EarlierIndex], now: list[str]) -> Grid:
    rows = [
        [
            str(each.year),
            numbers.score(each.index),
            numbers.scores(*each.interval) if each.interval else _("not known"),
            each.source,
        ]
        for each in earlier
    ]
    return Grid(
        caption=_("Index over the years"),
        header=[_("Year"), _("Integrity index"), _("95 % interval"), _("Source")],
        rows=[*rows, now],
        widths=[0, 0, 0, 1],
        numbers=[1, 2],
    )


def _change(change: ReleasedChange) -> list[Block]:
    sentence = _(
        "Since the wave before, the index changed by %(points)s points (95 %% interval "
        "%(interval)s; p adjusted for all agencies %(q)s)."
    ) % {
        "points": numbers.score(change.points),
        "interval": numbers.scores(change.ci_low, change.ci_high),
        "q": numbers.score(change.q),
    }
    if change.ci_low <= 0 <= change.ci_high:
        chance = _("That may be chance: no change is inside the interval.")
        return [Paragraph(sentence), Paragraph(chance)]
    return [Paragraph(sentence)]
