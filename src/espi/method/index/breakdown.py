"""Items and areas of every agency at once, through additive sums (docs/method, M6 to M8, M16)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.estimation.from_sums import Estimates, estimate
from espi.method.estimation.intervals import mean_intervals, share_intervals, unseen_share
from espi.method.estimation.kernel import Vector
from espi.method.estimation.ordered_sums import ordered, ordered_sums
from espi.method.index.layout import Answers
from espi.method.index.scoring import ScoredItem, answers_of, applicable, item_score

Matrix = NDArray[np.float64]
MIDDLE = 50.0  # of the scale; subtracted before squaring, so that sums of squares keep digits


@dataclass(frozen=True, slots=True, eq=False)
class Breakdown:
    """Estimates of several columns in every domain.

    Attributes:
        columns: position of each column in the estimates.
        estimates: shape (domains, columns).
        unseen: share of the variance left because not everybody answered, 0–1, same shape.
        low: lower ends of the intervals, same shape; ``high`` the upper ones.
    """

    columns: Mapping[str, int]
    estimates: Estimates
    unseen: Matrix
    low: Matrix
    high: Matrix


def items_of(items: Sequence[ScoredItem], answers: Answers) -> Breakdown:
    """Return the score of every item, and the share of prevalence items, in every agency.

    Columns are ``s.CODE`` and, for prevalence items, ``p.CODE``.
    """
    names: list[str] = []
    columns: list[Vector] = []
    asked: list[Vector] = []
    for item in items:
        values = answers_of(answers.rows, item)
        concerned = answers.of_group(item.group) & applicable(answers.rows, item)
        names.append(f"s.{item.code}")
        columns.append(item_score(item, values))
        asked.append(answers.agencies.counted(concerned).astype(np.float64))
        if item.prevalence:
            names.append(f"p.{item.code}")
            columns.append(np.where(np.isnan(values), np.nan, (values > item.minimum) * 1.0))
            asked.append(asked[-1])
    centres = [MIDDLE if name.startswith("s.") else 0.0 for name in names]
    of = answers.agencies
    order = ordered(of.domain, answers.stratum, answers.weight, of.count)
    estimates = estimate(ordered_sums(columns, order, centres), answers.strata)
    return _framed(names, estimates, np.stack(asked, axis=1) if asked else estimates.n)


def _framed(names: Sequence[str], estimates: Estimates, asked: Matrix) -> Breakdown:
    """Return the estimates with their intervals; ``asked`` counts whom each column concerned."""
    answered = estimates.n / np.maximum(asked, 1)
    unseen = unseen_share(estimates.variance, estimates.infinite_variance, answered)
    infinite_se = np.sqrt(estimates.infinite_variance)
    low, high = mean_intervals(estimates.value, infinite_se, estimates.effective_df, unseen)
    shares = np.array([name.startswith("p.") for name in names])
    if shares.any():
        own = share_intervals(
            estimates.value[:, shares],
            estimates.se[:, shares],
            estimates.n[:, shares],
            estimates.effective_df[:, shares],
        )
        low[:, shares], high[:, shares] = own
    columns = {name: number for number, name in enumerate(names)}
    return Breakdown(columns, estimates, unseen, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class Areas:
    """The component score of every service area; where a wave has no register, of every unit.

    An area is known by agency, group and its label: two agencies may use one code.

    Attributes:
        agency: position of each area's agency, shape (areas,).
        group: whose answers they are.
        area: its label, as in the column ``area`` of the records.
        scores: one column.
    """

    agency: Sequence[int]
    group: Sequence[str]
    area: Sequence[str]
    scores: Breakdown


def areas_of(answers: Answers, people: Vector) -> Areas:
    """Return the component score of every area, estimated on the full design (M16).

    Args:
        answers: of the wave.
        people: each respondent's own score, NaN for those of another group, shape (n,).
    """
    scored = pl.Series(~np.isnan(people))
    frame = answers.rows.select("group", "area").with_columns(
        agency=pl.Series(answers.agencies.domain)
    )
    named = frame.filter(scored & pl.col("area").is_not_null() & (pl.col("area") != ""))
    keys = ("agency", "group", "area")
    areas = named.select(keys).unique().sort(keys).with_row_index("number")
    number = frame.join(areas, on=keys, how="left", maintain_order="left")["number"]
    # Whoever is of no area gets a number past the last one, which `ordered` takes for none.
    domain = number.fill_null(areas.height).to_numpy().astype(np.int64)
    order = ordered(domain, answers.stratum, answers.weight, areas.height)
    estimates = estimate(ordered_sums([people], order, [MIDDLE]), answers.strata)
    return Areas(
        areas["agency"].to_list(),
        areas["group"].to_list(),
        areas["area"].to_list(),
        _framed(["score"], estimates, estimates.n),
    )
