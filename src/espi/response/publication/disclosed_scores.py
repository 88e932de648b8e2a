"""A score and a share that passed disclosure control: rounded, with their uncertainty.

Together with ``disclosure`` and ``disclosed_areas`` the only module whose released numbers can be
made.
"""

from __future__ import annotations

from typing import TypedDict

from espi.method.index.released import Released, ReleasedScore, ReleasedShare
from espi.method.index.scores import Score, Share

DECIMALS = 2  # of scores and errors; more digits would tell the sums of small strata
SHARE_DECIMALS = 4  # the same precision, on a scale of 0–1
PART_DECIMALS = 6  # of weights within a component, which tell nothing of answers
NO_SIGN = 0.0  # added to a rounded number: PostgreSQL's JSON has no -0.0, so digests would differ


class Disclosed(Released):
    __slots__ = ()

    def _passed_disclosure_control(self) -> None:
        """Do nothing; having this makes the class one that can be made."""


class DisclosedScore(Disclosed, ReleasedScore):
    __slots__ = ()


class DisclosedShare(Disclosed, ReleasedShare):
    __slots__ = ()


class Numbers(TypedDict):
    """The fields of a ``ReleasedScore``."""

    score: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int


def numbers_of(score: Score) -> Numbers:
    return Numbers(
        score=rounded(score.score),
        se=rounded(score.se),
        infinite_se=rounded(score.infinite_se),
        unseen=rounded(score.unseen),
        ci_low=rounded(score.ci_low),
        ci_high=rounded(score.ci_high),
        n=score.n,
        df=score.df,
    )


def rounded(value: float, decimals: int = DECIMALS) -> float:
    return round(value, decimals) + NO_SIGN


def disclosed_share(share: Share) -> ReleasedShare:
    return DisclosedShare(
        share=rounded(share.share, SHARE_DECIMALS),
        se=rounded(share.se, SHARE_DECIMALS),
        infinite_se=rounded(share.infinite_se, SHARE_DECIMALS),
        unseen=rounded(share.unseen, SHARE_DECIMALS),
        ci_low=rounded(share.ci_low, SHARE_DECIMALS),
        ci_high=rounded(share.ci_high, SHARE_DECIMALS),
        n=share.n,
        df=share.df,
    )
