"""The service areas of a release as a table for machines: a row per area and target."""

from __future__ import annotations

from collections.abc import Iterator

from espi.method.index.released import (
    ReleasedArea,
    ReleasedAreaFigure,
    ReleasedShare,
    ReleasedWave,
)

HEADER = (
    "wave", "agency", "agency_type", "group", "area", "name_id", "name_en", "category", "target",
    "kind", "n", "score", "se", "ci_low", "ci_high", "model", "own_weight", "direct", "direct_se",
    "direct_infinite_se", "direct_unseen", "direct_df", "direct_ci_low", "direct_ci_high",
    "verdict", "above_own_mean", "above_category_mean", "above_bands", "silent", "release_sha256",
    "rehearsal",
)  # fmt: skip
COMPONENT, DIMENSION, SHARE = "component", "dimension", "share"  # what `kind` may be


def area_rows(results: ReleasedWave, digest: str) -> Iterator[list[object]]:
    """Yield a row for each number of every area; a silent area has one row with its reason.

    Args:
        results: of a release.
        digest: of the same release.
    """
    ending = [digest, "rehearsal" if results.rehearsal else ""]
    for agency in results.agencies:
        for group, areas in agency.service_areas.items():
            for area in areas:
                beginning = [
                    results.wave.code, agency.code, agency.type, group, area.code,
                    area.name.get("id", ""), area.name.get("en", ""), area.category,
                ]  # fmt: skip
                for row in _of_area(area):
                    yield [*beginning, *row, *ending]


def _of_area(area: ReleasedArea) -> Iterator[list[object]]:
    if area.component is None:
        yield [COMPONENT, COMPONENT, area.n, *[None] * 13, *[""] * 4, area.silent or ""]
        return
    yield [COMPONENT, COMPONENT, *_figure(area.component), *_verdict(area), ""]
    for code, figure in area.dimensions.items():
        yield [code, DIMENSION, *_figure(figure), *[""] * 4, ""]
    for code, share in area.prevalence.items():
        yield [code, SHARE, *_share(share), *[""] * 4, ""]


def _figure(figure: ReleasedAreaFigure) -> list[object]:
    model, direct = figure.model, figure.direct
    return [
        direct.n, model.score, model.se, model.ci_low, model.ci_high, str(model.model), model.own,
        direct.score, direct.se, direct.infinite_se, direct.unseen, direct.df, direct.ci_low,
        direct.ci_high,
    ]  # fmt: skip


def _share(share: ReleasedShare) -> list[object]:
    return [
        share.n, share.share, share.se, share.ci_low, share.ci_high, "direct", 1.0,
        share.share, share.se, share.infinite_se, share.unseen, share.df, share.ci_low,
        share.ci_high,
    ]  # fmt: skip


def _verdict(area: ReleasedArea) -> list[object]:
    judged = area.judgement
    if judged is None:
        return [""] * 4
    bars = (judged.own_mean, judged.category_mean, judged.band)
    return [str(judged.headline), *("" if bar is None else bar.above for bar in bars)]
