"""Population counts by category, as auxiliary values (docs/method, M21)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from espi.method.errors import ImpossibleMargin
from espi.method.estimation.kernel import Index, Vector
from espi.method.weighting.calibration import Auxiliary


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """One variable: the category of each respondent, and how many people each category has.

    Attributes:
        category: 0-based, shape (n,).
        people: per part and category, shape (parts, k).
        labels: of the k categories.
    """

    category: Index
    people: Vector
    labels: tuple[str, ...]


def auxiliary_from_margins(part: Index, margins: Mapping[str, Margin]) -> Auxiliary:
    """Return the auxiliary values and totals of several margins.

    Args:
        part: which part each respondent is in, shape (n,).
        margins: by the name of the variable.

    Raises:
        ImpossibleMargin: two margins count different numbers of people in a part.
    """
    sums = {name: margin.people.sum(axis=1) for name, margin in margins.items()}
    (first, whole), *others = sums.items()
    for name, people in others:
        wrong = np.flatnonzero(~np.isclose(people, whole, rtol=1e-9))
        if wrong.size:
            at = int(wrong[0])
            raise ImpossibleMargin(
                f"in part {at} margin {first!r} adds up to {whole[at]:g} people and margin "
                f"{name!r} to {people[at]:g}: both count the same people"
            )
    columns = [
        margin.category[:, None] == np.arange(len(margin.labels)) for margin in margins.values()
    ]
    return Auxiliary(
        part,
        np.hstack(columns).astype(np.float64),
        np.hstack([margin.people for margin in margins.values()]),
        [f"{name}={label}" for name, margin in margins.items() for label in margin.labels],
    )
