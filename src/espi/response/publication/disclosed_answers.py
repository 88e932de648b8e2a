"""Tables of answers and flagged units that passed disclosure control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import UNSET

from espi.method.disclosure.areas import shown_areas
from espi.method.index.answer_tables import AnswerPart, AnswerTable
from espi.method.index.document import AgencyResult, FlaggedArea, IndexWithout
from espi.method.index.released import (
    ReleasedAnswer,
    ReleasedArea,
    ReleasedFlag,
    ReleasedTable,
    ReleasedWithout,
)
from espi.response.publication.disclosed_scores import Disclosed, disclosed_share, rounded

Areas = Mapping[str, Sequence[ReleasedArea]]


class _Answer(Disclosed, ReleasedAnswer):
    __slots__ = ()


class _Table(Disclosed, ReleasedTable):
    __slots__ = ()


class _Flag(Disclosed, ReleasedFlag):
    __slots__ = ()


class _Without(Disclosed, ReleasedWithout):
    __slots__ = ()


def disclose_tables(agency: AgencyResult, minimum_cell: int) -> dict[str, list[ReleasedTable]]:
    """Return the tables of an agency, each such that no hidden part of it follows."""
    return {
        group: [_table(table, minimum_cell) for table in tables if table.n >= minimum_cell]
        for group, tables in agency.answer_tables.items()
        if group in agency.components and agency.components[group].n >= minimum_cell
    }


def _table(table: AnswerTable, minimum_cell: int) -> ReleasedTable:
    """Return a table of which a part is shown where enough gave that answer.

    That nobody gave an answer is shown: it tells of everybody what the other parts tell anyway.
    """
    counts = [part.count for part in table.parts]
    shown = shown_areas(counts, [False] * len(counts), minimum_cell)
    return _Table(
        code=table.code,
        topic=table.topic,
        label=table.label,
        n=table.n,
        parts=[
            _answer(part, shown=speaks or not part.count)
            for part, speaks in zip(table.parts, shown, strict=True)
        ],
    )


def _answer(part: AnswerPart, *, shown: bool) -> ReleasedAnswer:
    """Return one answer; hidden ones look alike.

    Of eleven hidden people, "fewer than ten" and "ten or more" would be one and ten.
    """
    return _Answer(
        value=part.value,
        label=part.label,
        n=str(part.count) if shown else "",
        share=disclosed_share(part.share) if shown else None,
    )


def disclose_flagged(agency: AgencyResult, areas: Areas) -> list[ReleasedFlag] | None:
    """Return the flagged units of an agency; only areas that speak are named."""
    if agency.without_flagged is UNSET:
        return None
    if agency.without_flagged is None:
        return []
    return [_flag(flagged, areas) for flagged in agency.without_flagged.areas]


def _flag(flagged: FlaggedArea, areas: Areas) -> ReleasedFlag:
    area = _speaking(flagged, areas)
    return _Flag(group=flagged.group, name=area.name if area else {}, n=area.n if area else "")


def _speaking(flagged: FlaggedArea, areas: Areas) -> ReleasedArea | None:
    own = [area for area in areas.get(flagged.group, ()) if area.code == flagged.area]
    return next((area for area in own if area.component is not None), None)


def disclose_without(
    agency: AgencyResult, areas: Areas, minimum_cell: int
) -> ReleasedWithout | None:
    """Return the index without the flagged units, where nothing hidden follows from it.

    Index less index without tells what the flagged units answered. So each of them has to speak
    for itself, and enough people have to be left in every group.
    """
    without = agency.without_flagged
    if without is UNSET or without is None or agency.withheld or not without.areas:
        return None
    if not all(_speaking(flagged, areas) for flagged in without.areas):
        return None
    left = dict(agency.n)
    for flagged in without.areas:
        left[flagged.group] -= flagged.n
    if min(left.values()) < minimum_cell:
        return None
    return _without(without)


def _without(without: IndexWithout) -> ReleasedWithout | None:
    if without.index is None or without.se is None:
        return None
    if without.ci_low is None or without.ci_high is None:
        return None
    return _Without(
        index=rounded(without.index),
        se=rounded(without.se),
        ci_low=rounded(without.ci_low),
        ci_high=rounded(without.ci_high),
    )
