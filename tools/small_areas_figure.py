"""The figure of the study of small areas as plain SVG; it follows a light or dark scheme."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT, LEFT, TOP, GAP = 300, 190, 70, 74, 70
CENTRED = 'text-anchor="middle"'
STYLE = """
  :root { color-scheme: light dark }
  svg { background: #fff; font: 12px system-ui, sans-serif; --ink: #1c2733; --line: #c9d2da;
    --band: #dfe8ef; --c0: #8a4b00; --c1: #5b3fb0; --c2: #006b8f }
  @media (prefers-color-scheme: dark) { svg { background: #14191e; --ink: #e8edf1; --line: #46525d;
    --band: #26313a; --c0: #f0a85a; --c1: #b9a7ff; --c2: #6cc7ea } }
  text { fill: var(--ink) } .grid { stroke: var(--line); stroke-width: 1 }
  .band { fill: var(--band) } .curve { fill: none; stroke-width: 2 } .head { font-weight: 600 }
"""
MARKS = ("M-3-3h6v6h-6z", "M0-4L4 3H-4z", "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0")
DASHES = ("none", "7 3", "2 3")


@dataclass(frozen=True, slots=True)
class Point:
    """One setting and size of areas.

    Attributes:
        coverage: share of the model's intervals that hold the truth; ``direct_coverage`` of the
            direct ones.
        mse_ratio: squared error of the model over that of the direct score.
    """

    scores: str
    agencies: int
    between: float
    answers: int
    coverage: float
    direct_coverage: float
    mse_ratio: float


def figure(points: Sequence[Point]) -> str:
    """Return the figure: coverage and squared error against the answers of an area."""
    sizes = sorted({point.answers for point in points})
    shapes = list(dict.fromkeys(point.scores for point in points))
    width, height = LEFT + 2 * (WIDTH + GAP), TOP + HEIGHT + 56
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Coverage and squared error of scores of small areas</title>",
        "<desc>By the answers of an area, 20 agencies; numbers in small-areas.csv.</desc>",
        f"<style>{STYLE}</style>",
        *_legend(shapes),
    ]
    coverage = _Panel("95 % intervals that hold the truth, in %", 90, 100, (93, 97), sizes)
    lines += coverage.drawn(0, points, shapes, lambda point: 100 * point.coverage, (4.0, 1.0))
    error = _Panel("squared error, direct score = 100 %", 0, 100, None, sizes)
    lines += error.drawn(1, points, shapes, lambda point: 100 * point.mse_ratio, (4.0, 1.0))
    return "\n".join([*lines, "</svg>"]) + "\n"


def _legend(shapes: Sequence[str]) -> list[str]:
    parts = []
    for kind, shape in enumerate(shapes):
        x = LEFT + kind * 110
        parts += [_line(kind, 0, f"M{x} 16h34"), _mark(kind, x + 17, 16)]
        parts.append(f'<text x="{x + 40}" y="20">{shape}</text>')
    for dash, between in enumerate(("4 points", "1 point")):
        x = LEFT + 340 + dash * 200
        parts.append(
            f'<path class="curve" style="stroke:var(--ink)" stroke-dasharray="{DASHES[dash]}" '
            f'd="M{x} 16h34"/><text x="{x + 40}" y="20">areas differ by {between}</text>'
        )
    return parts


@dataclass(frozen=True, slots=True)
class _Panel:
    name: str
    low: float
    high: float
    band: tuple[float, float] | None
    sizes: Sequence[int]

    def x(self, answers: int) -> float:
        return WIDTH * (0.06 + 0.88 * self.sizes.index(answers) / (len(self.sizes) - 1))

    def y(self, value: float) -> float:
        return HEIGHT * (self.high - value) / (self.high - self.low)

    def drawn(
        self,
        place: int,
        points: Sequence[Point],
        shapes: Sequence[str],
        value: Callable[[Point], float],
        between: Sequence[float],
    ) -> list[str]:
        """Return the panel with a curve per shape and difference between areas."""
        left = LEFT + place * (WIDTH + GAP)
        parts = [f'<g transform="translate({left} {TOP})">', *self._axes()]
        for kind, shape in enumerate(shapes):
            for dash, apart in enumerate(between):
                own = [
                    (self.x(point.answers), self.y(value(point)))
                    for point in points
                    if (point.scores, point.agencies, point.between) == (shape, 20, apart)
                ]
                path = "L".join(f"{x:.1f} {y:.1f}" for x, y in own)
                parts += [_line(kind, dash, f"M{path}"), *(_mark(kind, x, y) for x, y in own)]
        return [*parts, "</g>"]

    def _axes(self) -> list[str]:
        parts = [f'<text class="head" x="{WIDTH / 2}" y="-14" {CENTRED}>{self.name}</text>']
        if self.band:
            low, high = self.band
            tall = self.y(low) - self.y(high)
            parts.append(f'<path class="band" d="M0 {self.y(high):.1f}h{WIDTH}v{tall:.1f}H0z"/>')
        for step in range(6):
            level = self.low + (self.high - self.low) * step / 5
            parts.append(f'<path class="grid" d="M0 {self.y(level):.1f}h{WIDTH}"/>')
            parts.append(
                f'<text x="-8" y="{self.y(level) + 4:.1f}" text-anchor="end">{level:.0f}</text>'
            )
        below = f'y="{HEIGHT + 18}" {CENTRED}'
        parts += [f'<text x="{self.x(each):.1f}" {below}>{each}</text>' for each in self.sizes]
        parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT + 40}" {CENTRED}>answers of an area</text>')
        return parts


def _line(kind: int, dash: int, path: str) -> str:
    dashes = f'stroke-dasharray="{DASHES[dash]}"'
    return f'<path class="curve" style="stroke:var(--c{kind})" {dashes} d="{path}"/>'


def _mark(kind: int, x: float, y: float) -> str:
    place = f'transform="translate({x:.1f} {y:.1f})"'
    return f'<path style="fill:var(--c{kind})" {place} d="{MARKS[kind]}"/>'
