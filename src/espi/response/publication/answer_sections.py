"""How the survey was answered, and by whom: the same blocks on the page and in the report."""

from __future__ import annotations

from django.utils.translation import gettext as _

from espi.design.models import Group, in_language
from espi.method.index.answer_tables import KEPT_BACK, NO, NO_ANSWER, STRAIGHT_LINING, YES, Topic
from espi.method.index.released import ReleasedAgency, ReleasedAnswer, ReleasedFlag, ReleasedTable
from espi.response.publication import numbers
from espi.response.publication.blocks import Block, Bullets, Grid, Paragraph, Section
from espi.response.publication.shares import percent

NOTHING = "–"


def quality_sections(agency: ReleasedAgency, minimum_cell: int) -> list[Section]:
    """Return how good the answers of an agency are; nothing for releases of earlier versions."""
    tables = _grids(agency, Topic.SURVEY)
    if not tables and agency.flagged is None:
        return []
    blocks: list[Block] = []
    if tables:
        all_count = Paragraph(_("No answer is left out for how it was given."))
        blocks = [all_count, Paragraph(_explanation(minimum_cell)), *tables]
    return [Section(title=_("Quality of the answers"), blocks=[*blocks, *_flagged(agency)])]


def profile_blocks(agency: ReleasedAgency, minimum_cell: int) -> list[Block]:
    """Return who the respondents of an agency are; nothing for releases of earlier versions."""
    tables = _grids(agency, Topic.PROFILE)
    return [Paragraph(_explanation(minimum_cell)), *tables] if tables else []


def _explanation(minimum_cell: int) -> str:
    return _(
        "Each share is of all who answered in the "
        "group, also of those who left the question out. An answer that fewer than %(least)s "
        "people gave has no share, nor has one from which theirs would follow."
    ) % {"least": minimum_cell}


def _grids(agency: ReleasedAgency, topic: Topic) -> list[Grid]:
    """Return a table for each question, with the groups that were asked it below each other."""
    rows: dict[str, list[list[str]]] = {}
    for group in Group.values:
        for table in agency.answer_tables.get(group, ()):
            if table.topic == topic:
                rows.setdefault(_title(table), []).extend(_rows(str(Group(group).label), table))
    return [
        Grid(
            caption=title,
            header=[_("Group"), _("Answer"), _("Share"), _("95 % interval"), _("People")],
            rows=own,
            widths=[2, 4, 1, 2, 2],
            numbers=[2],
        )
        for title, own in rows.items()
    ]


def _title(table: ReleasedTable) -> str:
    if table.code == STRAIGHT_LINING:
        return _("Gave one and the same answer to every scored question")
    return in_language(dict(table.label))


def _rows(group: str, table: ReleasedTable) -> list[list[str]]:
    shown = [
        part for part in table.parts if part.n != "0" or part.value not in {NO_ANSWER, KEPT_BACK}
    ]
    return [[group, _answer(part), *_numbers(part, table.n)] for part in shown]


def _answer(part: ReleasedAnswer) -> str:
    if part.label:
        return in_language(dict(part.label))
    return {
        YES: _("Yes"),
        NO: _("No"),
        NO_ANSWER: _("No answer"),
        KEPT_BACK: _("Kept back at the opening, so that nobody stands alone"),
    }[part.value]


def _numbers(part: ReleasedAnswer, n: int) -> list[str]:
    people = _("%(n)s of %(all)s") % {"n": part.n or NOTHING, "all": n}
    if part.share is None:
        return [NOTHING, NOTHING, people]
    ends = f"{percent(part.share.ci_low)} – {percent(part.share.ci_high)}"
    return [percent(part.share.share), ends, people]


def _flagged(agency: ReleasedAgency) -> list[Block]:
    if agency.flagged is None:
        return []
    if not agency.flagged:
        return [
            Paragraph(
                _("In no unit or service are the answers more alike than chance and level explain.")
            )
        ]
    return [
        Paragraph(
            _(
                "In these units or services the answers are more alike than chance and level "
                "explain, as if people had been prepared. Nothing is proven by that, and their "
                "answers count in every number."
            )
        ),
        Bullets([_unit(flag) for flag in agency.flagged]),
        Paragraph(_index_without(agency)),
    ]


def _unit(flag: ReleasedFlag) -> str:
    group = str(Group(flag.group).label)
    if not flag.name:
        return _("%(group)s: a unit that may not be named") % {"group": group}
    return _("%(group)s: %(unit)s, %(n)s answers") % {
        "group": group,
        "unit": in_language(dict(flag.name)),
        "n": flag.n,
    }


def _index_without(agency: ReleasedAgency) -> str:
    headline, without = agency.headline, agency.without_flagged
    if headline is None or without is None:
        return _("The index without them is not shown, because too few people stand behind it.")
    return _(
        "The index is %(index)s (%(interval)s) with them, and %(without)s (%(other)s) without them."
    ) % {
        "index": numbers.score(headline.index),
        "interval": numbers.scores(headline.ci_low, headline.ci_high),
        "without": numbers.score(without.index),
        "other": numbers.scores(without.ci_low, without.ci_high),
    }
