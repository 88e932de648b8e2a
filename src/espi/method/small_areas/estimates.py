"""The scores of all service areas of a respondent group, for the component and each dimension."""

from __future__ import annotations

from espi.method.small_areas.direct import DirectScores
from espi.method.small_areas.framing import answered_areas, by_direct
from espi.method.small_areas.layout import AreaLayout
from espi.method.small_areas.scores import AreaScores


def area_scores(direct: DirectScores, layout: AreaLayout) -> tuple[AreaScores, ...]:
    """Return the scores of all areas, one entry per target of the direct estimates (M36).

    Args:
        direct: estimates of one respondent group.
        layout: of the same areas.
    """
    return tuple(
        by_direct(target, answered_areas(direct, layout, k), {})
        for k, target in enumerate(direct.targets)
    )
