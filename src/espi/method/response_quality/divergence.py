"""Finds agencies whose internal score is far above the external ones, and sums up each agency.

Where everybody in an agency was coached alike, no unit differs from the others; only the comparison
with people outside can show it (C10, C11).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from espi.method.comparison.multiplicity import adjusted, simes
from espi.method.response_quality.coached import FDR, UnitFinding
from espi.method.response_quality.profile import Floats

FEWEST = 10  # agencies with which the usual distance can be estimated
NORMAL_MAD = 1.4826022185056018  # standard deviations in a median absolute deviation


@dataclass(frozen=True, slots=True)
class AgencyFinding:
    """The findings on one agency, from its units and from the view of outsiders.

    Attributes:
        agency: the label of the agency.
        units: units that were tested.
        flagged_units: units flagged among them.
        p_units: probability of its most extreme units by chance (C11); NaN when none was tested.
        p_divergence: probability of so high an internal score given the others (C10), or NaN.
        p: both together; NaN when neither is known.
        q: the false-discovery rate at which the agency is flagged (C9); NaN likewise.
        flagged: whether q is at most the rate asked for.
    """

    agency: int
    units: int
    flagged_units: int
    p_units: float
    p_divergence: float
    p: float
    q: float
    flagged: bool


def divergence(internal: Floats, outside: Floats, se: Floats) -> Floats:
    """Return the p-value of each agency's internal score being so far above the others (C10).

    Args:
        internal: internal scores, shape (a,), 0–100, NaN where withheld.
        outside: mean of external and expert scores, shape (a,), 0–100, NaN where neither is known.
        se: standard error of the difference of both, shape (a,), 0 or more.

    Returns:
        One-sided p-values, shape (a,); NaN where a score is missing, everywhere when fewer than
        ten agencies have both.

    Source: line by Theil (1950) and Sen (1968), JASA 63(324), 1379–1389; spread between agencies
    after Paule and Mandel (1982), J. Res. NBS 87(5), 377–385, with the median absolute deviation
    for the sum of squares.
    """
    from scipy import stats  # here: it takes longer to import than commands that do not need it run

    p = np.full(internal.shape, np.nan)
    observed = np.flatnonzero(~np.isnan(internal) & ~np.isnan(outside))
    if observed.size < FEWEST or np.ptp(outside[observed]) == 0:
        return p
    slope = stats.theilslopes(internal[observed], outside[observed]).slope
    residual = internal[observed] - slope * outside[observed]
    residual -= np.median(residual)
    between = _spread_between(residual, se[observed])
    spread = np.sqrt(between**2 + se[observed] ** 2)
    t = np.where(spread > 0, residual / np.where(spread > 0, spread, 1.0), 0.0)
    p[observed] = stats.t.sf(t, observed.size - 2)
    return p


def _spread_between(residual: Floats, se: Floats) -> float:
    """Return the spread between agencies that brings the middle half to its normal width."""
    from scipy import optimize

    widest = NORMAL_MAD * float(np.median(np.abs(residual)))

    def excess(between: float) -> float:
        spread = np.maximum(np.sqrt(between**2 + se**2), 1e-12)
        return NORMAL_MAD * float(np.median(np.abs(residual / spread))) - 1

    if widest == 0 or excess(0.0) <= 0:
        return 0.0
    return float(optimize.brentq(excess, 0.0, widest))


def agency_findings(
    units: Sequence[UnitFinding], apart: Mapping[int, float], *, fdr: float = FDR
) -> list[AgencyFinding]:
    """Return a finding for every agency in either argument, by label (C11).

    Args:
        units: findings on units.
        apart: p-value of the divergence of each agency (C10), NaN where not known.
        fdr: false-discovery rate over all agencies, 0–1.
    """
    labels = sorted({finding.agency for finding in units} | set(apart))
    units_of = {
        label: [finding for finding in units if finding.agency == label] for label in labels
    }
    inside = [simes(np.array([finding.p for finding in units_of[label]])) for label in labels]
    outside = [apart.get(label, float("nan")) for label in labels]
    p = np.array([_both(*pair) for pair in zip(inside, outside, strict=True)])
    q = adjusted(p)
    return [
        AgencyFinding(
            agency=label,
            units=sum(not np.isnan(finding.p) for finding in units_of[label]),
            flagged_units=sum(finding.flagged for finding in units_of[label]),
            p_units=inside[a],
            p_divergence=outside[a],
            p=float(p[a]),
            q=float(q[a]),
            flagged=bool(q[a] <= fdr),
        )
        for a, label in enumerate(labels)
    ]


def _both(inside: float, outside: float) -> float:
    """Return twice the smaller of two p-values (Bonferroni), or the one that is known."""
    p_values = [p for p in (inside, outside) if not np.isnan(p)]
    return min(len(p_values) * min(p_values), 1.0) if p_values else float("nan")
