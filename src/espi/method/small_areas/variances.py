"""Variances of people's scores in small areas, steadied by all areas together (M32)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from espi.method.estimation.kernel import Vector

END = 0.5  # points: so near the ends of the scale the variance function stops falling
TOP = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class SteadyVariances:
    """Variances of people in m areas.

    Attributes:
        variance: in points squared, shape (m,).
        df: degrees of freedom that each is worth, shape (m,).
        own: weight of the area's own variance in it, 0–1, shape (m,).
        spread: relative standard deviation of the true variances around their function.
    """

    variance: Vector
    df: Vector
    own: Vector
    spread: float


def scale_of(score: Vector) -> Vector:
    """Return m (100 − m): how variances change along a scale with two ends; half a point inside."""
    inside = np.clip(score, END, TOP - END)
    return inside * (TOP - inside)


def steady_variances(
    variance: Vector, concentration: Vector, function: Vector, excess: float
) -> SteadyVariances:
    r"""Return s₀² (1 + ω (s² / s₀² − 1)), between an area's own variance and a common function.

    .. math:: s_0^2 = \varphi f,\quad \omega = c^2 / (c^2 + (1 + c^2) \nu),\quad
              \nu = \kappa\delta + 2\delta / (1 - \delta)

    φ makes the functions fit on average, ν is the relative variance of s² (κ the excess kurtosis),
    and c² what is left of the differences between s² and s₀² beyond that. An area where all
    answered alike, or one of a single person, so has the variance that others let expect.

    Args:
        variance: s² of each area without bias, in points squared; NaN for a single person, (m,).
        concentration: δ = Σ w² / (Σ w)², shape (m,).
        function: f, positive, shape (m,): ones for a common variance, or ``scale_of``.
        excess: excess kurtosis of people.

    Returns:
        Zero variances where nobody differs from anybody in their area.

    Source: linear credibility (Bühlmann and Gisler 2005, chapter 4) on variances; the moments of
    s² as in Cramér (1946), section 27.4; c² as DerSimonian and Laird (1986).
    """
    several = ~np.isnan(variance) & (concentration < 1)
    delta = np.where(several, concentration, 0.5)
    noise = np.maximum(excess * delta + 2 * delta / (1 - delta), delta)
    certainty = np.where(several, 1 / noise, 0.0)
    own = np.where(several, variance, 0.0)
    whole = float(certainty @ function)
    level = float(certainty @ own) / whole if whole > 0 else 0.0
    if level <= 0:
        nothing = np.zeros_like(delta)
        return SteadyVariances(nothing, np.ones_like(delta), nothing, 0.0)
    common = level * function
    gap = np.where(several, own / common - 1, 0.0)
    excess_gap = float(certainty @ gap**2) - (float(several.sum()) - 1)
    c2 = max(excess_gap / (float(certainty.sum()) + float(several.sum())), 0.0)
    weight = np.where(several, c2 / (c2 + (1 + c2) * noise), 0.0)
    left = (1 - weight) * c2 + 1 / float(certainty.sum())
    return SteadyVariances(common * (1 + weight * gap), 2 / left, weight, float(np.sqrt(c2)))
