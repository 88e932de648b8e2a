"""Service areas and categories that passed disclosure control."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from espi.method.disclosure.areas import shown_areas
from espi.method.disclosure.cells import shown_count
from espi.method.index.categories import CategoryMember, category_means
from espi.method.index.released import (
    ReleasedAgency,
    ReleasedArea,
    ReleasedAreaFigure,
    ReleasedBar,
    ReleasedCategory,
    ReleasedJudgement,
    ReleasedModel,
    ReleasedModelScore,
)
from espi.method.index.service_areas import (
    AreaFigure,
    AreaJudgement,
    AreaResult,
    BarVerdict,
    ModelScore,
    Silence,
    SmallAreaModel,
)
from espi.response.publication.disclosed_scores import (
    Disclosed,
    DisclosedScore,
    disclosed_share,
    numbers_of,
    rounded,
)

COMPONENT = ""  # the target of an area's own score; the others are dimensions and questions


class _ModelScore(Disclosed, ReleasedModelScore):
    __slots__ = ()


class _Figure(Disclosed, ReleasedAreaFigure):
    __slots__ = ()


class _Bar(Disclosed, ReleasedBar):
    __slots__ = ()


class _Judgement(Disclosed, ReleasedJudgement):
    __slots__ = ()


class _Area(Disclosed, ReleasedArea):
    __slots__ = ()


class _Category(Disclosed, ReleasedCategory):
    __slots__ = ()


class _Model(Disclosed, ReleasedModel):
    __slots__ = ()


def disclose_areas(
    areas: Mapping[str, Sequence[AreaResult]], minimum_cell: int
) -> dict[str, list[ReleasedArea]]:
    """Return the areas of an agency as they may be shown; those without a name are not listed."""
    return {group: _of_group(own, minimum_cell) for group, own in areas.items()}


def _of_group(areas: Sequence[AreaResult], minimum_cell: int) -> list[ReleasedArea]:
    """Return the areas of one group, each target such that no hidden part of it follows.

    The run has hidden areas by the same rule. It is asked again of what is released, for the
    wave's minimum cell may be larger than the one that the run knew.
    """
    speaks = _shown(areas, COMPONENT, [area.component is None for area in areas], minimum_cell)
    targets = sorted({target for area in areas for target in area.counts})
    silent = [not each for each in speaks]
    cells = {target: _shown(areas, target, silent, minimum_cell) for target in targets}
    return [
        _area(
            area,
            speaks=speaks[k],
            cells={target for target in targets if cells[target][k]},
            minimum_cell=minimum_cell,
        )
        for k, area in enumerate(areas)
        if area.code
    ]


def _shown(
    areas: Sequence[AreaResult], target: str, barred: Sequence[bool], minimum_cell: int
) -> tuple[bool, ...]:
    never = [bar or not area.code for area, bar in zip(areas, barred, strict=True)]
    counts = [area.counts.get(target, 0) if target else area.n for area in areas]
    return shown_areas(counts, never, minimum_cell)


def _area(area: AreaResult, *, speaks: bool, cells: set[str], minimum_cell: int) -> ReleasedArea:
    component = area.component if speaks else None
    few = area.n < minimum_cell
    reason = area.silent or (Silence.FEW if few else Silence.SUBTRACTION)
    return _Area(
        code=area.code,
        name=area.name,
        category=area.category,
        # Whether nobody answered or a few did is not told apart.
        n=f"<{minimum_cell}" if few else shown_count(area.n, minimum_cell),
        silent=None if component else reason,
        component=_figure(component) if component else None,
        dimensions={
            code: _figure(figure) for code, figure in area.dimensions.items() if code in cells
        },
        prevalence={
            code: disclosed_share(share) for code, share in area.prevalence.items() if code in cells
        },
        judgement=_judgement(area.judgement) if component and area.judgement else None,
    )


def _figure(figure: AreaFigure) -> ReleasedAreaFigure:
    return _Figure(
        direct=DisclosedScore(**numbers_of(figure.direct)), model=_model_score(figure.model)
    )


def _model_score(score: ModelScore) -> ReleasedModelScore:
    return _ModelScore(
        score=rounded(score.score),
        se=rounded(score.se),
        ci_low=rounded(score.ci_low),
        ci_high=rounded(score.ci_high),
        model=score.model,
        own=rounded(score.own),
    )


def _judgement(judgement: AreaJudgement) -> ReleasedJudgement:
    return _Judgement(
        own_mean=_bar(judgement.own_mean),
        category_mean=_bar(judgement.category_mean),
        band=_bar(judgement.band),
        headline=judgement.headline,
    )


def _bar(bar: BarVerdict | None) -> ReleasedBar | None:
    if bar is None:
        return None
    return _Bar(
        gap=rounded(bar.gap),
        above=rounded(bar.above),
        below=rounded(bar.below),
        near=rounded(bar.near),
        verdict=bar.verdict,
    )


def disclose_categories(agencies: Sequence[ReleasedAgency]) -> list[ReleasedCategory]:
    """Return the categories over the areas that are shown, from their published scores."""
    members = [
        CategoryMember(group, area.category, agency.code, int(area.n), area.component.model)
        for agency in agencies
        for group, areas in agency.service_areas.items()
        for area in areas
        if area.component
    ]
    return [
        _Category(
            group=mean.group,
            code=mean.code,
            name=mean.name,
            n=mean.n,
            areas=mean.areas,
            agencies=mean.agencies,
            score=rounded(mean.score),
            se=rounded(mean.se),
            ci_low=rounded(mean.ci_low),
            ci_high=rounded(mean.ci_high),
        )
        for mean in category_means(members)
    ]


def disclosed_model(model: SmallAreaModel) -> ReleasedModel:
    """Return how areas were modelled, to two decimals; it is of all agencies together."""
    variance = model.area_variance
    return _Model(
        group=model.group,
        target=model.target,
        model=model.model,
        fit=model.fit,
        areas=model.areas,
        area_variance=None if variance is None else rounded(variance),
        own=rounded(model.own),
        moved=rounded(model.moved),
        coefficients={name: rounded(value) for name, value in model.coefficients.items()},
    )
