"""A score and a share with their uncertainty: what every result of a wave is made of.

The names of the fields are the names in the stored JSON; docs/reference/files.md lists them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Words = Mapping[str, str]  # a text by language, such as {"id": "Tugas", "en": "Duties"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A score of 0–100 with its uncertainty.

    Attributes:
        se: standard error, in points.
        infinite_se: standard error as if the population were infinite, in points.
        unseen: share of that variance left because not everybody answered, 0–1.
        ci_low: lower end of the 95 % interval; ``ci_high`` the upper one.
        n: respondents behind it.
        df: degrees of freedom of the interval.
    """

    score: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """The share of people who saw, heard or experienced what an item asks, 0–1, as ``Score``."""

    share: float
    se: float
    infinite_se: float
    unseen: float
    ci_low: float
    ci_high: float
    n: int
    df: int
