"""Marks respondents whose answers look careless (F1 to F6). A mark is a question, not a verdict.

Honest people are marked too: someone content with everything gives one answer everywhere. Nothing
here deletes a record; results are shown with and without the marked ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from espi.method.response_quality.profile import Floats, Integers

Booleans = NDArray[np.bool_]
LONGEST_PERIOD = 8  # 1-2-3-4-5-4-3-2 comes again after eight answers


@dataclass(frozen=True, slots=True)
class Paradata:
    """Records besides the answers to scored items; None where there is no record.

    Attributes:
        seconds: time over the questionnaire, shape (n,), NaN where not known.
        words: words a respondent has to read, 1 or more.
        attention: answers to attention items, shape (n, k), NaN where missing.
        expected: the asked-for answers, shape (k,).
    """

    seconds: Floats | None = None
    words: int = 0
    attention: Floats | None = None
    expected: Floats | None = None


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The limits from which a measure is marked.

    Attributes:
        run: share of the answered items in one run, 0–1; Curran (2016) proposes one half.
        few: fewest answered items that run, variability and pattern are judged on.
        pattern: excess of periodic matches (F3), 0–1.
        missing: share of items left out, 0–1.
        seconds_per_word: Zhang and Conrad (2014) use 0.3.
        attention: attention items answered wrongly.
    """

    run: float = 0.5
    few: int = 8
    pattern: float = 0.6
    missing: float = 0.5
    seconds_per_word: float = 0.3
    attention: int = 1


@dataclass(frozen=True, slots=True)
class Flags:
    """Measures and marks of each respondent, all of shape (n,); None where nothing was recorded.

    Attributes:
        run: longest run of one answer (F1).
        variability: standard deviation of one's own answers (F2), NaN for fewer than two.
        period: excess of periodic matches (F3), 0–1.
        missing: share of items left out (F4), 0–1.
        straight_lining: the longest run is too long, or all answers are the same.
        patterned: the answers repeat with a period of two or more.
        nonresponse: too many items were left out.
        speeding: faster than one can read (F5).
        inattentive: attention items failed (F6).
    """

    run: Integers
    variability: Floats
    period: Floats
    missing: Floats
    straight_lining: Booleans
    patterned: Booleans
    nonresponse: Booleans
    speeding: Booleans | None
    inattentive: Booleans | None


def flag(
    answers: Floats, paradata: Paradata | None = None, limits: Thresholds | None = None
) -> Flags:
    """Return the measures and marks of every respondent (F1 to F6).

    Args:
        answers: category codes in the order they were asked, before items are reversed, shape
            (n, items), NaN where missing.
        paradata: other records of the respondents.
        limits: from which a measure is marked.
    """
    paradata, limits = paradata or Paradata(), limits or Thresholds()
    run, deviation = longest_run(answers), variability(answers)
    period, missing = periodicity(answers), missing_share(answers)
    answered = (~np.isnan(answers)).sum(axis=1)
    enough = answered >= limits.few
    return Flags(
        run=run,
        variability=deviation,
        period=period,
        missing=missing,
        straight_lining=enough & ((run >= limits.run * answered) | (deviation == 0)),
        patterned=enough & (period >= limits.pattern),
        nonresponse=missing >= limits.missing,
        speeding=speeding(paradata, limits.seconds_per_word),
        inattentive=inattentive(paradata, limits.attention),
    )


def longest_run(answers: Floats) -> Integers:
    """Return the longest run of one answer; a missing item ends a run, shape (n,) (F1).

    Source: Meade and Craig (2012), Psychological Methods 17(3), 437–455 (LongString); R
    ``careless::longstring``.
    """
    longest = np.zeros(answers.shape[0], dtype=np.int64)
    current = np.zeros(answers.shape[0], dtype=np.int64)
    before = np.full(answers.shape[0], np.nan)
    for item in range(answers.shape[1]):
        now = answers[:, item]
        current = np.where(now == before, current + 1, ~np.isnan(now))
        longest = np.maximum(longest, current)
        before = now
    return longest


def variability(answers: Floats) -> Floats:
    """Return the standard deviation of each respondent's own answers, shape (n,) (F2).

    Source: Dunn, Heggestad, Shanock and Theilgard (2018), Journal of Business and Psychology
    33(1), 105–121; R ``careless::irv``.
    """
    answered = ~np.isnan(answers)
    count = answered.sum(axis=1)
    mean = np.where(answered, answers, 0.0).sum(axis=1) / np.maximum(count, 1)
    squares = np.where(answered, (answers - mean[:, None]) ** 2, 0.0).sum(axis=1)
    deviation: Floats = np.where(count > 1, np.sqrt(squares / np.maximum(count - 1, 1)), np.nan)
    return deviation


def periodicity(answers: Floats) -> Floats:
    """Return how much more answers repeat after some period than at once, shape (n,), 0–1 (F3).

    1-2-3-2-1-2-3-2 and 1-5-1-5 give 1; one answer everywhere gives 0: that is a run.
    """
    best = np.zeros(answers.shape[0])
    at_once = _matches(answers, 1)
    for lag in range(2, min(LONGEST_PERIOD, answers.shape[1] // 2) + 1):
        best = np.maximum(best, _matches(answers, lag) - at_once)
    return best


def _matches(answers: Floats, lag: int) -> Floats:
    """Return the share of answers equal to the one ``lag`` items before, shape (n,)."""
    first, second = answers[:, :-lag], answers[:, lag:]
    both = (~np.isnan(first) & ~np.isnan(second)).sum(axis=1)
    share: Floats = (first == second).sum(axis=1) / np.maximum(both, 1)
    return share


def missing_share(answers: Floats) -> Floats:
    """Return the share of items left out, shape (n,), 0–1; 1 where there are no items (F4)."""
    answered = (~np.isnan(answers)).sum(axis=1)
    share: Floats = 1 - answered / max(answers.shape[1], 1)
    return share


def speeding(paradata: Paradata, seconds_per_word: float) -> Booleans | None:
    """Return who was faster than one can read, shape (n,); None without recorded times (F5).

    Source: Zhang and Conrad (2014), Survey Research Methods 8(2), 127–135.
    """
    if paradata.seconds is None:
        return None
    fast: Booleans = paradata.seconds < seconds_per_word * paradata.words
    return fast


def inattentive(paradata: Paradata, allowed: int) -> Booleans | None:
    """Return who failed ``allowed`` attention items or more, shape (n,); None without any (F6).

    An attention item left out is not failed.
    """
    if paradata.attention is None or paradata.expected is None:
        return None
    wrong = ~np.isnan(paradata.attention) & (paradata.attention != paradata.expected)
    failed: Booleans = wrong.sum(axis=1) >= allowed
    return failed
