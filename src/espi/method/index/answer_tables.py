"""How each group answered what enters no score: who they are, and how the survey was answered.

Every table is of all respondents of the group, those who gave no answer and those whose answer was
kept back at the opening among them. Leaving these out would make rare answers look rarer still: it
is the rare ones that the opening keeps back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from espi.method.index.scores import Share, Words

STRAIGHT_LINING = "straight-lining"  # code of the table that no question asks
YES, NO = "yes", "no"
NO_ANSWER = "no-answer"  # left out, not asked, or "prefer not to say"
KEPT_BACK = "kept-back"  # withheld at the opening, so that nobody stands alone


class Topic(StrEnum):
    """What a table is about."""

    SURVEY = "survey"
    PROFILE = "profile"


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedItem:
    """A question that enters no score.

    Attributes:
        label: the question, by language.
        options: the answers with content, by value, in the order of the questionnaire.
    """

    code: str
    group: str
    topic: Topic
    label: Words
    options: Mapping[str, Words]


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerPart:
    """Those who gave one answer.

    Attributes:
        value: as in the questionnaire, or ``no-answer`` or ``kept-back``.
        label: the answer, by language; empty where the value is none of the questionnaire's.
        count: how many gave it.
        share: of the people of the group, 0–1; its ``n`` is all who answered anything.
    """

    value: str
    label: Words
    count: int
    share: Share


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerTable:
    """How the respondents of one group of an agency divide over the answers to one question.

    Attributes:
        code: of the question, or ``straight-lining``.
        label: the question, by language; empty where no question asks.
        parts: make up all ``n`` respondents.
    """

    code: str
    topic: Topic
    label: Words
    n: int
    parts: Sequence[AnswerPart]
