"""Change between waves: how much, how sure, and what it is made of (docs/method, M24 to M26)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.comparison.multiplicity import adjusted
from espi.method.estimation.intervals import t_quantile
from espi.method.estimation.kernel import Index, Vector


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """The change of every agency, each shape (k,).

    Attributes:
        value: new less old, in points.
        se: its standard error.
        low, high: 95 % interval.
        p: two-sided, of no change.
        q: adjusted for all k comparisons (false-discovery rate).
    """

    value: Vector
    se: Vector
    low: Vector
    high: Vector
    p: Vector
    q: Vector


def changes(
    old: Vector,
    old_se: Vector,
    new: Vector,
    new_se: Vector,
    df: Index,
    covariance: Vector | float = 0.0,
) -> Changes:
    """Return the changes between two waves (M24).

    The samples are independent unless people were drawn again; then their covariance counts.

    Args:
        old: scores of the earlier wave, shape (k,); ``new`` of the later.
        old_se: their standard errors; ``new_se`` of the later.
        new: as ``old``.
        new_se: as ``old_se``.
        df: degrees of freedom of the difference, shape (k,).
        covariance: of the two scores, 0 for independent samples.
    """
    from scipy import stats  # here: it takes longer to import than commands that do not need it run

    value = new - old
    se = np.sqrt(np.maximum(old_se**2 + new_se**2 - 2 * covariance, 0.0))
    half = t_quantile(df) * se
    with np.errstate(divide="ignore", invalid="ignore"):
        p = np.where(se > 0, 2 * stats.t.sf(np.abs(value) / se, df), (value == 0).astype(float))
    return Changes(value, se, value - half, value + half, p, adjusted(p))


def welch_df(old_se: Vector, old_df: Index, new_se: Vector, new_df: Index) -> Index:
    """Return the degrees of freedom of a difference of independent estimates, at least 1, (k,).

    Args:
        old_se: standard errors of the earlier wave, shape (k,), same unit as ``new_se``.
        old_df: their degrees of freedom, shape (k,).
        new_se: standard errors of the later wave, shape (k,).
        new_df: their degrees of freedom, shape (k,).

    Source: Welch (1947), Biometrika 34(1–2); Satterthwaite (1946), Biometrics Bulletin 2(6).
    """
    old_variance, new_variance = old_se**2, new_se**2
    below = old_variance**2 / np.maximum(old_df, 1) + new_variance**2 / np.maximum(new_df, 1)
    df = np.where(
        below > 0,
        (old_variance + new_variance) ** 2 / np.where(below > 0, below, 1),
        old_df + new_df,
    )
    return np.maximum(np.floor(df), 1).astype(np.int64)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a change is made of; the three add up to it exactly.

    Attributes:
        method: the same new answers under the new specification less under the old one.
        composition: other people: the strata's shares of the population moved.
        behaviour: the same people answering differently.
    """

    method: float
    composition: float
    behaviour: float

    @property
    def total(self) -> float:
        """The whole change."""
        return self.method + self.composition + self.behaviour


def decomposed(
    old_share: Vector, old_mean: Vector, new_share: Vector, new_mean: Vector, method: float = 0.0
) -> Parts:
    """Split a change of a score into method, composition and behaviour (M26).

    Strata must be the same in both waves; join what is new or gone to a sibling first.

    Args:
        old_share: each stratum's share of the population in the earlier wave, sums to 1.
        old_mean: its mean in the earlier wave, under the old specification.
        new_share: as ``old_share``, in the later wave.
        new_mean: its mean in the later wave, under the old specification.
        method: the later score under the new specification less under the old one.

    Source: Kitagawa (1955), J. Am. Stat. Assoc. 50(272), equation (2), components of a difference
    between two rates.
    """
    composition = float(((new_share - old_share) * (old_mean + new_mean) / 2).sum())
    behaviour = float(((new_mean - old_mean) * (old_share + new_share) / 2).sum())
    return Parts(method, composition, behaviour)
