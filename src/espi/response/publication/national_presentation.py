"""What the national pages show: chart, tile map, categories over agencies; from a release alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from espi.design.models import Agency, Group, in_language
from espi.method.index.released import ReleasedAgency, ReleasedArea, ReleasedWave
from espi.method.verdicts.verdict import Verdict
from espi.response.publication.area_presentation import (
    SILENT,
    decimal,
    tone_of,
    verdict_label,
)
from espi.response.publication.presentation import AgencyRow, Band
from espi.service_categories import CATEGORIES

TILE, GAP = 92, 4  # units of the viewBox, as in _tiles.html
CHART_LEFT, CHART_WIDTH, ROW_HEIGHT = 210.0, 480.0, 22.0  # as in _dots.html


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a filter, with its name."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Filters:
    """How the national table was narrowed.

    Attributes:
        types: kinds of agencies in the release; ``provinces`` likewise.
    """

    types: Sequence[Choice]
    provinces: Sequence[Choice]

    @property
    def active(self) -> bool:
        """Whether anything was chosen."""
        return any(each.chosen for each in (*self.types, *self.provinces))


def filtered(
    results: ReleasedWave, chosen_type: str, province: str
) -> tuple[list[ReleasedAgency], Filters]:
    """Return the agencies of a type and a province, and what could be chosen; "" means all."""
    types = sorted({agency.type for agency in results.agencies})
    provinces = sorted({agency.province for agency in results.agencies} - {""})
    agencies = [
        agency
        for agency in results.agencies
        if (not chosen_type or agency.type == chosen_type)
        and (not province or agency.province == province)
    ]
    filters = Filters(
        [Choice(each, str(Agency.Type(each).label), each == chosen_type) for each in types],
        [Choice(each, each, each == province) for each in provinces],
    )
    return agencies, filters


@dataclass(frozen=True, slots=True)
class Dot:
    """A row of the chart: an agency's index with its interval, in units of the viewBox."""

    label: str
    code: str
    y: str
    low: str
    high: str
    x: str


@dataclass(frozen=True, slots=True)
class Zone:
    """A band of the index behind the dots."""

    tone: int
    label: str
    x: str
    width: str
    middle: str


@dataclass(frozen=True, slots=True)
class DotChart:
    """The agencies by index, each with its interval, before the bands of the index."""

    dots: Sequence[Dot]
    zones: Sequence[Zone]
    height: str
    bottom: str


def dot_chart(rows: Sequence[AgencyRow], bands: Sequence[Band]) -> DotChart | None:
    """Return the chart of the agencies that have an index; None where none has."""
    shown = [(row.index, row) for row in rows if row.index]
    if not shown:
        return None
    shown.sort(key=lambda pair: -pair[0].value)
    low = max(0.0, min(figure.low for figure, _row in shown) // 10 * 10)

    def x(value: float) -> float:
        return CHART_LEFT + CHART_WIDTH * (min(max(value, low), 100) - low) / (100 - low)

    dots = [
        Dot(
            label=row.name if len(row.name) <= 30 else f"{row.name[:29]}…",  # noqa: PLR2004 fits
            code=row.code,
            y=f"{ROW_HEIGHT * (number + 1.5):.1f}",
            low=f"{x(figure.low):.1f}",
            high=f"{x(figure.high):.1f}",
            x=f"{x(figure.value):.1f}",
        )
        for number, (figure, row) in enumerate(shown)
    ]
    zones = [
        Zone(
            tone=0 if band.tone == 0 else 2 if band.last else 1,
            label=band.label,
            x=f"{x(band.low):.1f}",
            width=f"{x(band.high) - x(band.low):.1f}",
            middle=f"{(x(band.low) + x(band.high)) / 2:.1f}",
        )
        for band in bands
        if x(band.high) > x(band.low)
    ]
    bottom = ROW_HEIGHT * (len(dots) + 1)
    return DotChart(dots, zones, f"{bottom + ROW_HEIGHT:.1f}", f"{bottom:.1f}")


@dataclass(frozen=True, slots=True)
class Tile:
    """An agency on the map.

    Attributes:
        description: name, number and interval as text, for screen readers and as a tooltip.
    """

    code: str
    short: Sequence[str]
    value: str
    tone: str
    description: str
    x: int
    y: int


@dataclass(frozen=True, slots=True)
class TileMap:
    """A tile for each agency that has a place; none of them larger than another."""

    tiles: Sequence[Tile]
    width: int
    height: int

    @property
    def view_box(self) -> str:
        """The part of the plane that the picture shows, with room for the outlines."""
        return f"-2 -2 {self.width + 4} {self.height + 4}"


def tile_map(results: ReleasedWave) -> TileMap | None:
    """Return the map of the nation by index; None where no agency has a place on it."""
    tiles = [_tile(agency, results) for agency in results.agencies if agency.tile]
    if not tiles:
        return None
    width = max(tile.x for tile in tiles) + TILE
    height = max(tile.y for tile in tiles) + TILE
    return TileMap(tiles, width, height)


def _tile(agency: ReleasedAgency, results: ReleasedWave) -> Tile:
    column, row = agency.tile or (0, 0)
    headline = agency.headline
    tone, value, numbers = SILENT, "–", _("no index")
    if headline is not None:
        bands = results.specification.bands
        tone = tone_of(headline.index, headline.ci_low, headline.ci_high, bands)
        value = decimal(headline.index)
        numbers = f"{value} ({decimal(headline.ci_low)} – {decimal(headline.ci_high)})"
    return Tile(
        code=agency.code,
        short=_short(agency.name),
        value=value,
        tone=tone,
        description=f"{agency.name}: {numbers}",
        x=column * (TILE + GAP),
        y=row * (TILE + GAP),
    )


def _short(name: str) -> list[str]:
    """Return a name in at most three lines that fit a tile."""
    lines = [word if len(word) <= 13 else f"{word[:12]}…" for word in name.split()]  # noqa: PLR2004
    return lines[:3]


@dataclass(frozen=True, slots=True)
class CategoryCell:
    """The areas of one agency in one category.

    Attributes:
        items: name, number and verdict of each area.
    """

    agency: str
    code: str
    items: Sequence[CategoryItem]


@dataclass(frozen=True, slots=True)
class CategoryItem:
    """One area in its category."""

    name: str
    value: str
    interval: str
    n: str
    tone: str
    verdict: str
    verdict_label: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """A service category over all agencies.

    Attributes:
        value: the plain mean of the areas that speak, with its interval; "" where none does.
    """

    code: str
    name: str
    value: str
    interval: str
    areas: int
    agencies: int
    cells: Sequence[CategoryCell]


@dataclass(frozen=True, slots=True)
class CategoryList:
    """The categories that one group of respondents rates."""

    group: str
    title: str
    rows: Sequence[CategoryRow]


def category_lists(results: ReleasedWave) -> list[CategoryList]:
    """Return the categories over all agencies: users' and employees' apart."""
    titles = {
        Group.EXTERNAL: _("Services, as users rate them"),
        Group.INTERNAL: _("Work units, as employees rate them"),
    }
    lists = [CategoryList(group, title, _rows(results, group)) for group, title in titles.items()]
    return [each for each in lists if each.rows]


def _rows(results: ReleasedWave, group: str) -> list[CategoryRow]:
    means = {mean.code: mean for mean in results.categories if mean.group == group}
    cells: dict[str, list[CategoryCell]] = {}
    for agency in sorted(results.agencies, key=lambda each: each.name):
        for code, items in _items(results, agency, group).items():
            cells.setdefault(code, []).append(CategoryCell(agency.name, agency.code, items))
    rows = []
    for code in [code for code in CATEGORIES if code in cells]:
        mean = means.get(code)
        rows.append(
            CategoryRow(
                code=code,
                name=in_language(CATEGORIES[code].name),
                value=decimal(mean.score) if mean else "",
                interval=f"{decimal(mean.ci_low)} – {decimal(mean.ci_high)}" if mean else "",
                areas=mean.areas if mean else 0,
                agencies=mean.agencies if mean else 0,
                cells=cells[code],
            )
        )
    return rows


def _items(
    results: ReleasedWave, agency: ReleasedAgency, group: str
) -> Mapping[str, list[CategoryItem]]:
    items: dict[str, list[CategoryItem]] = {}
    for area in agency.service_areas.get(group, ()):
        if area.category:
            items.setdefault(area.category, []).append(_item(area, results))
    return items


def _item(area: ReleasedArea, results: ReleasedWave) -> CategoryItem:
    name, figure = in_language(dict(area.name)), area.component
    verdict = area.judgement.headline if area.judgement else Verdict.CANNOT_BE_SAID
    label = verdict_label(verdict)
    if figure is None:
        return CategoryItem(name, "", "", area.n, SILENT, verdict, label)
    model = figure.model
    return CategoryItem(
        name=name,
        value=decimal(model.score),
        interval=f"{decimal(model.ci_low)} – {decimal(model.ci_high)}",
        n=area.n,
        tone=tone_of(model.score, model.ci_low, model.ci_high, results.specification.bands),
        verdict=verdict,
        verdict_label=label,
    )
