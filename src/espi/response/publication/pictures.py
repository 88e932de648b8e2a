"""Geometry of the small pictures beside the numbers: plain coordinates, drawn by the templates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH = 240.0  # units of the viewBox in _interval.html
MARGIN = 8.0
TREND_WIDTH, TREND_HEIGHT, TREND_TOP, TREND_LEFT = 480.0, 150.0, 24.0, 40.0  # as in trends.html


@dataclass(frozen=True, slots=True)
class Scale:
    """The part of 0–100 that a picture spans, from its left to its right edge."""

    low: float
    high: float

    def x_of(self, value: float) -> str:
        """Return the horizontal coordinate of a score, as text without any local comma."""
        inside = min(max(value, self.low), self.high)
        share = (inside - self.low) / (self.high - self.low)
        return f"{MARGIN + share * (WIDTH - 2 * MARGIN):.1f}"


@dataclass(frozen=True, slots=True)
class IntervalPicture:
    """Horizontal coordinates of an interval, its estimate, the raw one, and where bands meet."""

    low: str
    high: str
    dot: str
    raw: str | None
    edges: tuple[str, ...]


def scale_for(ends: Sequence[float]) -> Scale:
    """Return a scale in whole tens around all ends, at least twenty points wide."""
    if not ends:
        return Scale(0, 100)
    low = max(0.0, min(ends) // 10 * 10)
    high = min(100.0, -(-max(ends) // 10) * 10)
    return Scale(max(0.0, min(low, high - 20)), max(high, low + 20) if low <= 80 else 100.0)  # noqa: PLR2004 room for twenty points


def interval(
    scale: Scale, ends: tuple[float, float], value: float, *, raw: float | None = None,
    edges: Sequence[float] = (),
) -> IntervalPicture:  # fmt: skip
    """Return the picture of an estimate with its interval."""
    return IntervalPicture(
        low=scale.x_of(ends[0]),
        high=scale.x_of(ends[1]),
        dot=scale.x_of(value),
        raw=None if raw is None else scale.x_of(raw),
        edges=tuple(scale.x_of(edge) for edge in edges if scale.low < edge < scale.high),
    )


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """A year of a trend: its coordinates, and what is written beside it."""

    x: str
    y: str
    label_y: str
    year: int
    index: float


def trend(years: Sequence[tuple[int, float]]) -> tuple[TrendPoint, ...]:
    """Return the points of an index over years; the upright axis spans 30 to 100."""
    first, last = years[0][0], years[-1][0]
    width = TREND_WIDTH - 2 * TREND_LEFT
    points = []
    for year, index in years:
        x = TREND_LEFT + (width * (year - first) / (last - first) if last > first else width / 2)
        y = TREND_TOP + (TREND_HEIGHT - 2 * TREND_TOP) * (1 - (min(max(index, 30), 100) - 30) / 70)
        points.append(TrendPoint(f"{x:.1f}", f"{y:.1f}", f"{y - 9:.1f}", year, index))
    return tuple(points)
