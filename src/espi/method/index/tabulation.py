"""Counts and shares of every answer that enters no score, of all agencies at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.estimation.kernel import Index
from espi.method.index.answer_tables import (
    KEPT_BACK,
    NO,
    NO_ANSWER,
    STRAIGHT_LINING,
    YES,
    AnswerPart,
    AnswerTable,
    AskedItem,
    Topic,
)
from espi.method.index.breakdown import Breakdown, broken_down, shares_of
from espi.method.index.layout import Answers
from espi.method.index.scores import Share
from espi.method.index.scoring import ScoredItem
from espi.method.index.specification import GROUPS
from espi.method.response_quality.completeness import straight_lined

WITHHELD = ""  # how the opening writes in a record that it kept the answer back


@dataclass(frozen=True, slots=True, eq=False)
class _Cells:
    """Who gave which answer: by value, a column of 0 and 1, NaN outside the group, shape (n,)."""

    item: AskedItem
    columns: Mapping[str, NDArray[np.float64]]


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """Shares of every column in every agency, and how many people they are, unweighted."""

    shares: Breakdown
    counts: Mapping[str, Index]


def answer_tables(
    asked: Sequence[AskedItem], items: Sequence[ScoredItem], answers: Answers
) -> list[dict[str, list[AnswerTable]]]:
    """Return the tables of every agency by group, in the order of the agencies.

    A group without respondents in an agency has none there.

    Args:
        asked: questions that enter no score; those that the records lack are left out.
        items: scored questions, for straight-lining.
        answers: of the wave.
    """
    cells = [_cells(item, answers) for item in asked if f"c.{item.code}" in answers.rows.columns]
    cells += [_straight(group, items, answers) for group in GROUPS if asked]
    if not cells:
        return [{} for _agency in range(answers.agencies.count)]
    columns = {
        f"{k} {value}": column
        for k, cell in enumerate(cells)
        for value, column in cell.columns.items()
    }
    counted = _Counted(
        shares_of(columns, answers),
        {name: answers.agencies.counted(column == 1) for name, column in columns.items()},
    )
    return [_of_agency(cells, counted, position) for position in range(answers.agencies.count)]


def _cells(item: AskedItem, answers: Answers) -> _Cells:
    replies = answers.rows[f"c.{item.code}"]
    offered = replies.is_in(list(item.options)).fill_null(value=False)
    kept_back = (replies == WITHHELD).fill_null(value=False)
    chosen = {value: (replies == value).fill_null(value=False) for value in item.options}
    chosen |= {NO_ANSWER: ~(offered | kept_back), KEPT_BACK: kept_back}
    in_group = answers.of_group(item.group)
    return _Cells(
        item,
        {
            value: np.where(in_group, who.cast(pl.Float64).to_numpy(), np.nan)
            for value, who in chosen.items()
        },
    )


def _straight(group: str, items: Sequence[ScoredItem], answers: Answers) -> _Cells:
    codes = [item.code for item in items if item.group == group]
    who = straight_lined(answers.rows, {group: codes})
    in_group = answers.of_group(group)
    item = AskedItem(
        code=STRAIGHT_LINING,
        group=group,
        topic=Topic.SURVEY,
        label={},
        options={YES: {}, NO: {}},
    )
    columns = {YES: np.where(in_group, who, np.nan), NO: np.where(in_group, ~who, np.nan)}
    return _Cells(item, columns)


def _of_agency(
    cells: Sequence[_Cells], counted: _Counted, position: int
) -> dict[str, list[AnswerTable]]:
    tables: dict[str, list[AnswerTable]] = {}
    for k, cell in enumerate(cells):
        parts = [
            _part(cell.item, value, counted, (position, f"{k} {value}")) for value in cell.columns
        ]
        n = parts[0].share.n
        if n:
            tables.setdefault(cell.item.group, []).append(
                AnswerTable(
                    code=cell.item.code,
                    topic=cell.item.topic,
                    label=cell.item.label,
                    n=n,
                    parts=parts,
                )
            )
    return tables


def _part(item: AskedItem, value: str, counted: _Counted, at: tuple[int, str]) -> AnswerPart:
    position, column = at
    share, uncertainty = broken_down(counted.shares, position, f"p.{column}")
    return AnswerPart(
        value=value,
        label=item.options.get(value, {}),
        count=int(counted.counts[column][position]),
        share=Share(share=share, **uncertainty),
    )
