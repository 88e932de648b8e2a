"""Asks, before a release, whether anything hidden follows from all that is or was published.

Components, dimensions, areas, categories, the nation, years and earlier releases of the same wave
are written down together, as whoever looks for a hidden number would (``espi.method.disclosure``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from espi.method.disclosure.audit import Leak, Relation, leaks
from espi.method.index.answer_tables import AnswerTable
from espi.method.index.document import AgencyResult, ComponentResult, WaveResults
from espi.method.index.released import ReleasedAgency, ReleasedArea, ReleasedTable, ReleasedWave
from espi.method.index.service_areas import AreaResult

NO_AREA = "no area"  # names the people of a group whose area is not known


@dataclass(frozen=True, slots=True)
class Published:
    """All that is public once a release is.

    Attributes:
        release: what would be released now.
        same_wave: what was public of the same wave before, also if withdrawn since.
        year_before: the release that changes are taken from; None in the first wave.
    """

    release: ReleasedWave
    same_wave: Sequence[ReleasedWave] = ()
    year_before: ReleasedWave | None = None


@dataclass(slots=True)
class _Cells:
    """The cells behind all tables, and what relates them.

    Attributes:
        people: behind each cell, by name.
        shown: respondents as published, by name of the cells that are shown; one entry per release.
    """

    people: dict[str, int] = field(default_factory=dict)
    shown: list[dict[str, int]] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)


def audit_release(results: WaveResults, published: Published) -> list[Leak]:
    """Return what could be solved for; nothing where the release may be made.

    Args:
        results: the full results of the run, with the counts behind all that is hidden.
        published: the release that is made from them, and what was public before.
    """
    cells = _Cells()
    minimum_cell = published.release.minimum_cell
    for release in (published.release, *published.same_wave):
        cells.shown.append(_shown(release))
    released = {agency.code: agency for agency in published.release.agencies}
    weights = published.release.specification.components
    for agency in results.agencies:
        _agency(cells, agency, released[agency.code], weights)
    _nation(cells, results, published)
    public = {name for release in cells.shown for name in release}
    hidden = {name: n for name, n in cells.people.items() if name not in public}
    solved = leaks(hidden, cells.relations, minimum_cell)
    return [*solved, *_between_releases(cells.shown, minimum_cell)]


def _between_releases(shown: Sequence[Mapping[str, int]], minimum_cell: int) -> Iterator[Leak]:
    """Yield cells that were shown of almost the same people before.

    Two means of which one has three people more tell the mean of these three.
    """
    now, *before = shown
    for earlier in before:
        for name, n in now.items():
            difference = abs(n - earlier.get(name, n))
            if 0 < difference < minimum_cell:
                yield Leak((name,), difference, ("an earlier release of the wave",))


def _shown(release: ReleasedWave) -> dict[str, int]:
    """Return the respondents behind every number that a release shows, by the name of the cell."""
    shown: dict[str, int] = {}
    for agency in release.agencies:
        if agency.headline is not None:
            counts = [int(n) for n in agency.n.values() if n.isdigit()]
            shown[f"{agency.code} index"] = sum(counts)
        for group, part in agency.components.items():
            label = f"{agency.code} {group}"
            shown[label] = part.n
            shown |= {f"{label} {code}": each.n for code, each in part.dimensions.items()}
            shown |= {f"{label} {code}": each.n for code, each in part.items.items()}
        for group, areas in agency.service_areas.items():
            for area in areas:
                shown |= _shown_area(f"{agency.code} {group}", area)
        for group, tables in agency.answer_tables.items():
            for table in tables:
                shown |= _shown_table(f"{agency.code} {group} {table.code}?", table)
    return shown


def _shown_table(label: str, table: ReleasedTable) -> dict[str, int]:
    """Return the whole of a table, and its shares: each is of all people of the table."""
    parts = {f"{label} {part.value}": table.n for part in table.parts if part.share}
    return {label: table.n} | parts


def _shown_area(label: str, area: ReleasedArea) -> dict[str, int]:
    own = f"{label} [{area.code}]"
    shown = {f"{own} {code}": each.direct.n for code, each in area.dimensions.items()}
    shown |= {f"{own} {code}": share.n for code, share in area.prevalence.items()}
    if area.component:
        shown[own] = area.component.direct.n
    return shown


def _agency(
    cells: _Cells, agency: AgencyResult, released: ReleasedAgency, weights: Mapping[str, float]
) -> None:
    index = f"{agency.code} index"
    cells.people[index] = sum(agency.n.values())
    for group, n in agency.n.items():
        cells.people[f"{agency.code} {group}"] = n
    if agency.headline is not None:
        parts = {f"{agency.code} {group}": weight for group, weight in weights.items()}
        cells.relations.append(Relation(f"{agency.code}: index", {index: -1.0} | parts))
    for group, part in agency.components.items():
        _component(cells, f"{agency.code} {group}", part)
    for group, areas in agency.service_areas.items():
        _areas(cells, f"{agency.code} {group}", areas)
    _answers(cells, agency, released)
    if released.change:
        terms = {index: 1.0, f"{agency.code} index, year before": -1.0}
        cells.relations.append(Relation(f"{agency.code}: change", terms))


def _answers(cells: _Cells, agency: AgencyResult, released: ReleasedAgency) -> None:
    """Add tables of answers, and the index without flagged units: it tells what these answered."""
    for group, tables in agency.answer_tables.items():
        for table in tables:
            _table(cells, f"{agency.code} {group} {table.code}?", table)
    if released.without_flagged and agency.without_flagged:
        terms = {f"{agency.code} index": -1.0} | {
            f"{agency.code} {flagged.group} [{flagged.area}]": 1.0
            for flagged in agency.without_flagged.areas
        }
        cells.relations.append(Relation(f"{agency.code}: index without flagged units", terms))


def _table(cells: _Cells, label: str, table: AnswerTable) -> None:
    """Add that the answers to a question make up all who were asked."""
    parts = {f"{label} {part.value}": part.count for part in table.parts if part.count}
    cells.people |= parts | {label: table.n}
    terms = {label: -1.0} | dict.fromkeys(parts, 1.0)
    cells.relations.append(Relation(f"{label}: all answers", terms))


def _component(cells: _Cells, label: str, part: ComponentResult) -> None:
    dimensions = {f"{label} {code}": score.part for code, score in part.dimensions.items()}
    cells.people |= {f"{label} {code}": score.n for code, score in part.dimensions.items()}
    cells.people |= {f"{label} {code}": item.n for code, item in part.items.items()}
    cells.relations.append(Relation(f"{label}: dimensions", {label: -1.0} | dimensions))


def _areas(cells: _Cells, label: str, areas: Sequence[AreaResult]) -> None:
    """Add that the areas of a group make up its whole, for the component and every other target."""
    targets = sorted({target for area in areas for target in area.counts})
    for target in ("", *targets):
        suffix = f" {target}" if target else ""
        counts = {
            f"{label} [{area.code or NO_AREA}]{suffix}": area.counts.get(target, 0)
            if target
            else area.n
            for area in areas
        }
        counts = {name: n for name, n in counts.items() if n}
        cells.people |= counts
        whole = sum(counts.values())
        cells.people.setdefault(f"{label}{suffix}", whole)
        terms = {f"{label}{suffix}": -float(whole)} | {k: float(n) for k, n in counts.items()}
        cells.relations.append(Relation(f"{label}{suffix}: areas", terms))


def _nation(cells: _Cells, results: WaveResults, published: Published) -> None:
    """Add the national figure, the years, and the means of categories that verdicts rest on."""
    if published.release.national is not None:
        terms = {f"{agency.code} index": 1.0 for agency in results.agencies if agency.headline}
        cells.relations.append(Relation("national", terms))
    if published.year_before is not None:
        _year_before(cells, published.year_before)
    cells.relations += _category_relations(results)


def _year_before(cells: _Cells, release: ReleasedWave) -> None:
    """Add the indexes that changes are taken from: a withheld one tells its hidden component."""
    weights = release.specification.components
    cells.shown.append({f"{name}, year before": n for name, n in _shown(release).items()})
    for agency in release.agencies:
        index = f"{agency.code} index, year before"
        parts = {f"{agency.code} {group}, year before": each for group, each in weights.items()}
        cells.relations.append(Relation(f"{index} made of", {index: -1.0} | parts))
        people = {
            f"{agency.code} {group}, year before": int(n) if n.isdigit() else 1
            for group, n in agency.n.items()
        }
        cells.people |= people | {index: sum(people.values())}


def _category_relations(results: WaveResults) -> Iterator[Relation]:
    """Yield the mean of each category over the areas that the run took into it."""
    members: dict[tuple[str, str], dict[str, float]] = {}
    for agency in results.agencies:
        for group, areas in agency.service_areas.items():
            for area in areas:
                if area.component and area.category:
                    cell = f"{agency.code} {group} [{area.code}]"
                    members.setdefault((group, area.category), {})[cell] = 1.0
    for (group, category), terms in members.items():
        yield Relation(f"{group} {category}: areas of all agencies", terms)
