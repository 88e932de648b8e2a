"""Which covariates a model of areas has: category, and category within type of agency (M33)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import qr

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Index
from espi.method.small_areas.fay_herriot import LEAST_SPARE
from espi.method.small_areas.layout import AreaLayout
from espi.method.small_areas.prediction import Covariates, products

Matrix = NDArray[np.float64]
LEAST_AREAS = 5  # that a category, or a category in a type of agency, needs for a coefficient
DEPENDENT = 1e-9  # of the longest column: what is left of a column that others explain


def covariates_of(layout: AreaLayout, position: Index) -> Covariates:
    """Return the covariates of some areas: an intercept per agency, and as much as they can bear.

    A category has a coefficient where five areas are of it; a category in a type of agency, one
    more where five are of both. The most common category and type have none. Columns that others
    explain are left out, and all of a kind where fewer than five areas would be left over for
    the variance.

    Args:
        layout: of all areas.
        position: of the areas in the model, shape (a,).
    """
    by = Partition(layout.agency[position], layout.agencies)
    category, kind = layout.category[position], layout.kind[position]
    nothing = Covariates(np.zeros((position.size, 0)), (), by)
    names, columns = _indicators(category, layout.categories)
    k = len(layout.categories)
    pairs = tuple(f"{kind}:{name}" for kind in layout.kinds for name in layout.categories)
    crossed = np.where(kind == np.bincount(kind).argmax(), -1, kind * k + category)
    more_names, more_columns = _indicators(crossed, pairs)
    for parts in ([(names, columns), (more_names, more_columns)], [(names, columns)]):
        x = np.hstack([part for _names, part in parts])
        all_names = [name for own, _part in parts for name in own]
        usable = _independent(x, nothing)
        if position.size - nothing.intercepts - len(usable) >= LEAST_SPARE:
            return Covariates(x[:, usable], tuple(all_names[column] for column in usable), by)
    return nothing


def _indicators(code: Index, names: tuple[str, ...]) -> tuple[list[str], Matrix]:
    """Return columns of ones and zeros of all codes that are common enough, but the commonest.

    Negative codes are of no column, and then the commonest has one, too.
    """
    counts = np.bincount(code[code >= 0], minlength=len(names))
    usable: list[int] = np.flatnonzero(counts >= LEAST_AREAS).tolist()
    if usable and (code >= 0).all():
        usable.remove(int(counts.argmax()))
    columns = [(code == c).astype(np.float64) for c in usable]
    empty = np.zeros((code.size, 0))
    return [names[c] for c in usable], np.stack(columns, axis=1) if columns else empty


def _independent(x: Matrix, agencies: Covariates) -> list[int]:
    """Return which columns are not explained by agencies and other columns, in their order."""
    if not x.size:
        return []
    count = agencies.summed(np.ones(x.shape[0]))
    centred = x - agencies.summed(x) / count[:, None]
    # Of the products and not of the tall matrix: as many columns, and none of its rows.
    triangle, order = qr(products(centred, centred), mode="r", pivoting=True, check_finite=False)
    length = np.abs(np.diagonal(triangle))
    return sorted(order[: length.size][length > DEPENDENT * max(length[0], 1.0)].tolist())
