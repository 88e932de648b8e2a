"""How well the questionnaires measured, over all agencies (docs/method, M28)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from espi.method.index.document import GroupMeasurement
from espi.method.index.layout import Answers
from espi.method.index.scoring import ScoredItem, answers_of, applicable, item_score
from espi.method.index.specification import GROUPS, Specification
from espi.method.measurement.reliability import Reliability, TooFewItems, reliability


def measurement(
    specification: Specification, items: Sequence[ScoredItem], answers: Answers
) -> dict[str, GroupMeasurement]:
    """Return, per group, the reliability of its dimensions and the non-response of its items."""
    return {group: _of_group(specification, items, answers, group) for group in GROUPS}


def _of_group(
    specification: Specification, items: Sequence[ScoredItem], answers: Answers, group: str
) -> GroupMeasurement:
    respondents = answers.of_group(group)
    own = [item for item in items if item.group == group]
    scores = {
        item.code: item_score(item, answers_of(answers.rows, item))[respondents] for item in own
    }
    weight = answers.weight[respondents]
    return GroupMeasurement(
        dimensions={
            dimension.code: _reliability(
                [scores[item.code] for item in own if item.dimension == dimension.code], weight
            )
            for dimension in specification.dimensions[group]
        },
        item_nonresponse={
            item.code: _nonresponse(scores[item.code], applicable(answers.rows, item)[respondents])
            for item in own
        },
    )


def _reliability(columns: Sequence[np.ndarray], weight: np.ndarray) -> Reliability | None:
    if not columns:
        return None
    try:
        return reliability(np.stack(columns, axis=1), weight)
    except TooFewItems:
        return None


def _nonresponse(score: np.ndarray, asked: np.ndarray) -> float | None:
    return float(np.isnan(score[asked]).mean()) if asked.any() else None
