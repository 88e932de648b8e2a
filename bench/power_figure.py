"""The figure of the power study as plain SVG; it follows the reader's light or dark scheme."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, TOP, GAP = 200, 190, 78, 64, 30
MARKS = (
    "M-3-3h6v6h-6z",
    "M0-4L4 3H-4z",
    "M0-4L4 0L0 4L-4 0z",
    "M-4-3H4L0 4z",
    "M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0",
)
DASHES = ("2 3", "6 3", "8 3 2 3", "10 3", "none")
CENTRED, ACROSS = 'text-anchor="middle"', "share of such units flagged (power), in %"
BELOW = "share of the unit that was coached, in %"
STYLE = """
  :root { color-scheme: light dark }
  svg { background: #fff; font: 12px system-ui, sans-serif; --ink: #1c2733; --line: #c9d2da;
    --c0: #8a4b00; --c1: #a3195b; --c2: #5b3fb0; --c3: #006b8f; --c4: #11722f }
  @media (prefers-color-scheme: dark) { svg { background: #14191e; --ink: #e8edf1; --line: #46525d;
    --c0: #f0a85a; --c1: #f58abd; --c2: #b9a7ff; --c3: #6cc7ea; --c4: #7fd894 } }
  text { fill: var(--ink) } .grid { stroke: var(--line); stroke-width: 1 }
  .curve { fill: none; stroke-width: 2 } .head { font-weight: 600 }
"""
Curve = tuple[str, float, int]  # setting, similarity, size of the unit
Lines = Mapping[Curve, Sequence[tuple[float, float]]]


def figure(lines: Lines, shares: Sequence[float]) -> str:
    """Return the figure: one panel per pattern and similarity, one curve per unit size."""
    panels = list(dict.fromkeys((setting, similarity) for setting, similarity, _size in lines))
    sizes = sorted({size for _setting, _similarity, size in lines})
    width = LEFT + len(panels) * (WIDTH + GAP)
    height = TOP + HEIGHT + 58
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img">',
        "<title>Share of coached units that are flagged</title>",
        "<desc>Power against the coached share, by unit size; numbers in coached-power.csv.</desc>",
        f"<style>{STYLE}</style>",
        *_legend(sizes),
    ]
    for place, (setting, similarity) in enumerate(panels):
        left = LEFT + place * (WIDTH + GAP)
        name = (
            "best answer everywhere"
            if setting == "best"
            else f"copied form, similarity {similarity}"
        )
        parts += [
            f'<g transform="translate({left} {TOP})">',
            *_axes(name, shares, first=place == 0),
        ]
        for kind, size in enumerate(sizes):
            parts += _curve(kind, lines[setting, similarity, size], max(shares))
        parts.append("</g>")
    middle = LEFT + (width - LEFT) / 2
    parts += [
        f'<text x="{middle}" y="{height - 12}" {CENTRED}>{BELOW}</text>',
        f'<text transform="translate(16 {TOP + HEIGHT / 2}) rotate(-90)" {CENTRED}>{ACROSS}</text>',
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend(sizes: Sequence[int]) -> list[str]:
    """Return the legend line: unit sizes with their marks."""
    parts = [f'<text x="{LEFT}" y="20">respondents in the unit:</text>']
    for kind, size in enumerate(sizes):
        x = LEFT + 170 + kind * 90
        parts += [
            _line(kind, f"M{x} 16h34"),
            _mark(kind, x + 17, 16),
            f'<text x="{x + 40}" y="20">{size}</text>',
        ]
    return parts


def _axes(name: str, shares: Sequence[float], *, first: bool) -> list[str]:
    """Return the grid, the numbers on both axes and the panel's name."""
    parts = [f'<text class="head" x="{WIDTH / 2}" y="-10" text-anchor="middle">{name}</text>']
    for tenth in range(0, 11, 2):
        y = HEIGHT * (1 - tenth / 10)
        parts.append(f'<path class="grid" d="M0 {y}h{WIDTH}"/>')
        if first:
            parts.append(f'<text x="-8" y="{y + 4}" text-anchor="end">{tenth * 10}</text>')
    for share in shares:
        x = WIDTH * share / max(shares)
        parts.append(
            f'<text x="{x:.1f}" y="{HEIGHT + 18}" text-anchor="middle">{share * 100:.0f}</text>'
        )
    return parts


def _curve(kind: int, points: Sequence[tuple[float, float]], widest: float) -> list[str]:
    """Return one curve with its marks."""
    placed = [(WIDTH * share / widest, HEIGHT * (1 - rate)) for share, rate in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in placed)
    return [_line(kind, f"M{path}"), *(_mark(kind, x, y) for x, y in placed)]


def _line(kind: int, path: str) -> str:
    """Return a line in the colour and dashes of a unit size."""
    dashes = f'stroke-dasharray="{DASHES[kind]}"'
    return f'<path class="curve" style="stroke:var(--c{kind})" {dashes} d="{path}"/>'


def _mark(kind: int, x: float, y: float) -> str:
    """Return the mark of a unit size."""
    place = f'transform="translate({x:.1f} {y:.1f})"'
    return f'<path style="fill:var(--c{kind})" {place} d="{MARKS[kind]}"/>'
