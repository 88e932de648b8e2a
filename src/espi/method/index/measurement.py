"""How well the questionnaires measured, over all agencies (docs/method, M28)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from espi.method.index.layout import Answers
from espi.method.index.scoring import ScoredItem, answers_of, applicable, item_score
from espi.method.index.specification import GROUPS, Specification
from espi.method.measurement.reliability import TooFewItems, reliability


def measurement(
    specification: Specification, items: Sequence[ScoredItem], answers: Answers
) -> dict[str, Any]:
    """Return, per group, the reliability of its dimensions and the non-response of its items."""
    made = {}
    for group in GROUPS:
        mine = answers.of_group(group)
        own = [item for item in items if item.group == group]
        scores = {item.code: item_score(item, answers_of(answers.rows, item))[mine] for item in own}
        dimensions = {}
        for dimension in specification.dimensions[group]:
            columns = [scores[item.code] for item in own if item.dimension == dimension.code]
            dimensions[dimension.code] = _reliability(columns, answers.weight[mine])
        made[group] = {
            "dimensions": dimensions,
            "item_nonresponse": {
                item.code: _nonresponse(scores[item.code], applicable(answers.rows, item)[mine])
                for item in own
            },
        }
    return made


def _reliability(columns: Sequence[np.ndarray], weight: np.ndarray) -> dict[str, Any] | None:
    if not columns:
        return None
    try:
        found = reliability(np.stack(columns, axis=1), weight)
    except TooFewItems:
        return None
    return {"alpha": found.alpha, "omega": found.omega, "n": found.n}


def _nonresponse(score: np.ndarray, asked: np.ndarray) -> float | None:
    return float(np.isnan(score[asked]).mean()) if asked.any() else None
