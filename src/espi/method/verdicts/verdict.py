"""The verdict on each service area against three bars, and the headline (docs/method, M37, M38)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from espi.method.estimation.kernel import Index
from espi.method.small_areas.layout import AreaLayout
from espi.method.small_areas.scores import AreaScores
from espi.method.verdicts.bars import Chances, to_band, to_category_mean, to_own_mean
from espi.method.verdicts.discoveries import discoveries
from espi.minimum_cell import MINIMUM_CELL


class Verdict(StrEnum):
    """What can be said of an area."""

    GOOD = "good"
    MUST_IMPROVE = "must-improve"
    NOT_DIFFERENT = "not-different"
    CANNOT_BE_SAID = "cannot-be-said"


@dataclass(frozen=True, slots=True)
class VerdictRule:
    """When a verdict is given.

    Attributes:
        low: upper edge of the lowest band, 0–100: below it an area must improve.
        high: lower edge of the highest band: from it on an area is good.
        false_share: expected share of wrong verdicts among an agency's, 0–1.
        most_doubt: highest probability that a single verdict is wrong, 0–1.
        near: points from a bar that count as no difference.
        near_probability: how likely an area must be near a bar to be called not different, 0–1.
        minimum: least answers for any number or verdict; never below ten.
    """

    low: float
    high: float
    false_share: float = 0.05
    most_doubt: float = 0.1
    near: float = 5.0
    near_probability: float = 0.8
    minimum: int = MINIMUM_CELL

    def __post_init__(self) -> None:
        """Refuse a rule under which fewer people than the minimum cell would speak.

        Raises:
            ValueError: ``minimum`` is below the minimum cell, or ``low`` above ``high``.
        """
        if self.minimum < MINIMUM_CELL:
            raise ValueError(f"minimum is {self.minimum}: no number of fewer than {MINIMUM_CELL}")
        if self.low > self.high:
            raise ValueError(f"low is {self.low}, above high, which is {self.high}")


@dataclass(frozen=True, slots=True, eq=False)
class BarVerdicts:
    """The verdicts on m areas against one bar.

    Attributes:
        chances: behind them; NaN where nothing may or can be said.
        verdicts: m of them.
    """

    chances: Chances
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True, eq=False)
class AreaVerdicts:
    """All verdicts on the areas of one respondent group.

    Attributes:
        own_mean: against the mean of the agency.
        category_mean: against the mean of the category in the other agencies.
        band: against the bands of the index.
        headline: the one that is shown first, m of them.
    """

    own_mean: BarVerdicts
    category_mean: BarVerdicts
    band: BarVerdicts
    headline: tuple[Verdict, ...]


def verdicts(scores: AreaScores, layout: AreaLayout, n: Index, rule: VerdictRule) -> AreaVerdicts:
    """Return the verdicts on all areas of one respondent group.

    The statements of an agency against all three bars are one family (M38).

    Args:
        scores: of the areas, of the component or of one dimension.
        layout: of the same areas.
        n: people behind each score, shape (m,).
        rule: when a verdict is given.
    """
    shown = n >= rule.minimum
    bars = [
        to_own_mean(scores, layout, rule.near).only(shown),
        to_category_mean(scores, layout, rule.near).only(shown),
        to_band(scores, layout, rule.low, rule.high, rule.near).only(shown),
    ]
    error = np.concatenate([1 - np.maximum(bar.above, bar.below) for bar in bars])
    family = np.tile(layout.agency, len(bars))
    certain = discoveries(error, family, rule.false_share, rule.most_doubt)
    own, category, band = (
        BarVerdicts(bar, _verdicts(bar, part, rule))
        for bar, part in zip(bars, np.split(certain, len(bars)), strict=True)
    )
    headline = tuple(
        _headline(*each)
        for each in zip(own.verdicts, category.verdicts, band.verdicts, strict=True)
    )
    return AreaVerdicts(own, category, band, headline)


def _verdicts(bar: Chances, certain: NDArray[np.bool_], rule: VerdictRule) -> tuple[Verdict, ...]:
    side = np.where(bar.above >= bar.below, Verdict.GOOD, Verdict.MUST_IMPROVE)
    near = bar.near >= rule.near_probability  # NaN is not
    unsure = np.where(near, Verdict.NOT_DIFFERENT, Verdict.CANNOT_BE_SAID)
    return tuple(Verdict(each) for each in np.where(certain, side, unsure).tolist())


def _headline(own: Verdict, category: Verdict, band: Verdict) -> Verdict:
    """Return what is said first of an area.

    What the band or its peers say against a service counts whatever else is said; what the
    agency's own mean says against it counts where nothing speaks for it; and it is good where one
    bar says so and none speaks against it.
    """
    outside, every = {category, band}, {own, category, band}
    if Verdict.MUST_IMPROVE in outside:
        return Verdict.MUST_IMPROVE
    if own is Verdict.MUST_IMPROVE:
        mixed = Verdict.GOOD in outside
        return Verdict.NOT_DIFFERENT if mixed else Verdict.MUST_IMPROVE
    for verdict in (Verdict.GOOD, Verdict.NOT_DIFFERENT):
        if verdict in every:
            return verdict
    return Verdict.CANNOT_BE_SAID
