"""Which service area each answer is of, and what is known of the areas (docs/method, M31)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from espi.method.estimation.domains import Partition
from espi.method.estimation.kernel import Index

OF_CATEGORY = "category:"  # what the column `area` says of those who named only a category
REMAINDER = ""  # code of the area that holds the answers which are of no area


@dataclass(frozen=True, slots=True, eq=False)
class AreaLayout:
    """The service areas of one respondent group, m of them, sorted by agency and code.

    People of the group who are of no area are an area of their own in their agency, with the code
    ``REMAINDER``: it is never shown, and is needed for the areas to add up to their agency.

    Attributes:
        of: which area each row of the answers is of, shape (n,); rows of other groups have the
            number m, past the last.
        agency: 0-based position of the agency of each area, shape (m,).
        agencies: how many agencies there are, also those without an area.
        code: of each area in its agency: that of a service area, ``category:<slug>`` where areas
            were joined, or ``REMAINDER``.
        category: position of its category in ``categories``, shape (m,).
        kind: position of its agency's type in ``kinds``, shape (m,).
    """

    of: Partition
    agency: Index
    agencies: int
    code: tuple[str, ...]
    category: Index
    categories: tuple[str, ...]
    kind: Index
    kinds: tuple[str, ...]

    @property
    def by_agency(self) -> Partition:
        """Which agency each area is of: a partition of the m areas."""
        return Partition(self.agency, self.agencies)


def lay_out_areas(
    agencies: Partition,
    codes: pl.Series,
    within: NDArray[np.bool_],
    types: Sequence[str],
    categories: Mapping[tuple[int, str], str],
) -> AreaLayout:
    """Return the areas of a respondent group.

    Args:
        agencies: agency of each row of the answers.
        codes: area of each row: the code of a service area, ``category:<slug>``, or "" or null
            for none, shape (n,).
        within: which rows are of the group, shape (n,).
        types: type of each agency, such as ``regency``.
        categories: slug of the category by position of the agency and code of the area. An area
            that is not in it shares the nameless category "" with all others that are not.
    """
    frame = pl.DataFrame(
        {
            "agency": agencies.domain,
            "code": codes.cast(pl.String).fill_null(REMAINDER),
            "own": within,
        }
    )
    areas = frame.filter("own").select("agency", "code").unique().sort("agency", "code")
    numbered = areas.with_row_index("area")
    joined = frame.join(numbered, on=["agency", "code"], how="left", maintain_order="left")
    inside = pl.when("own").then(pl.col("area")).otherwise(None).fill_null(areas.height)
    of = joined.select(inside.cast(pl.Int64)).to_series().to_numpy()
    named = list(areas.iter_rows())
    category, slugs = _numbered([_category(agency, code, categories) for agency, code in named])
    kind, kinds = _numbered([types[agency] for agency, _code in named])
    return AreaLayout(
        of=Partition(of, areas.height),
        agency=areas["agency"].cast(pl.Int64).to_numpy(),
        agencies=agencies.count,
        code=tuple(code for _agency, code in named),
        category=category,
        categories=slugs,
        kind=kind,
        kinds=kinds,
    )


def _category(agency: int, code: str, categories: Mapping[tuple[int, str], str]) -> str:
    if code.startswith(OF_CATEGORY):
        return code.removeprefix(OF_CATEGORY)
    return categories.get((agency, code), "")


def _numbered(names: Sequence[str]) -> tuple[Index, tuple[str, ...]]:
    """Return the position of each name among the different ones, and those, sorted."""
    kinds = tuple(sorted(set(names)))
    position = {name: number for number, name in enumerate(kinds)}
    return pl.Series([position[name] for name in names], dtype=pl.Int64).to_numpy(), kinds
