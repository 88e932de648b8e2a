"""Changes of the weights before anything is estimated: trimmed, then calibrated (M21 to M23)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from espi.method.errors import ImpossibleDesign, ImpossibleMargin, TableUnusable
from espi.method.estimation.kernel import Vector
from espi.method.estimation.linear import Estimate
from espi.method.weighting.calibration import Auxiliary, Calibrated, calibrate
from espi.method.weighting.distance import Distance
from espi.method.weighting.trimming import trim

NEAR = 1e-9  # two margins that differ by less, relative, count the same people
EVERYONE = "*"  # the margin of all persons


@dataclass(frozen=True, slots=True)
class Trimming:
    """Bounds of the weights.

    Attributes:
        low: least weight.
        high: largest weight.
    """

    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.low:g}:{self.high:g}"


@dataclass(frozen=True, slots=True)
class PopulationTotal:
    """A known total of the population.

    Attributes:
        variable: a column, or ``*`` for the number of all persons.
        category: whose persons are counted; none where the values of the column are summed.
        total: persons, or the sum of the values.
    """

    variable: str
    category: str | None
    total: float

    @property
    def name(self) -> str:
        """The margin as messages name it."""
        return self.variable if self.category is None else f"{self.variable}={self.category}"


@dataclass(frozen=True, slots=True)
class Calibration:
    """Totals of the population that the weights are to meet, and how far they may move.

    Attributes:
        distance: between weights before and after.
        totals: all of them, one or more.
    """

    distance: Distance
    totals: tuple[PopulationTotal, ...]

    @property
    def counted(self) -> tuple[str, ...]:
        """The columns whose categories are counted."""
        return tuple(dict.fromkeys(t.variable for t in self.totals if t.category is not None))

    @property
    def sums(self) -> tuple[str, ...]:
        """The columns whose values are summed."""
        names = (t.variable for t in self.totals if t.category is None)
        return tuple(dict.fromkeys(name for name in names if name != EVERYONE))


@dataclass(frozen=True, slots=True, eq=False)
class Reweighted:
    """Weights that were changed, and what the variance owes to that.

    Attributes:
        weight: shape (n,).
        used: rows that had a weight above zero, shape (n,).
        calibrated: of the rows ``used``; none where the weights were only trimmed.
    """

    weight: Vector
    used: np.ndarray[tuple[int], np.dtype[np.bool_]]
    calibrated: Calibrated | None

    def residual(self, estimate: Estimate) -> Estimate:
        """Return the estimate with the influence that is left after calibration (M22)."""
        if self.calibrated is None:
            return estimate
        influence = np.zeros_like(estimate.influence)
        influence[self.used] = self.calibrated.residual(estimate.influence[self.used])
        return Estimate(estimate.value, influence)


@dataclass(frozen=True, slots=True, eq=False)
class Reweighting:
    """How weights are changed, ready to be applied to the sample and to its replicates.

    Attributes:
        trimming: comes first.
        distance: of the calibration.
        auxiliary: values of all rows and the totals; none where weights are only trimmed.
    """

    trimming: Trimming | None
    distance: Distance | None
    auxiliary: Auxiliary | None

    def applied(self, weight: Vector) -> Reweighted:
        """Return the changed weights; a row of weight zero keeps it.

        Args:
            weight: shape (n,), zero or more.

        Raises:
            TableUnusable: no weights are within the bounds or meet the totals.
        """
        used = weight > 0
        changed, calibrated = weight[used], None
        try:
            if self.trimming is not None:
                changed = trim(changed, self.trimming.low, self.trimming.high)
            if self.auxiliary is not None and self.distance is not None:
                auxiliary = Auxiliary(
                    self.auxiliary.part[used], self.auxiliary.values[used],
                    self.auxiliary.totals, self.auxiliary.names,
                )  # fmt: skip
                calibrated = calibrate(changed, auxiliary, self.distance)
                changed = calibrated.weight
        except ImpossibleDesign as error:
            raise TableUnusable(f"Weights cannot be trimmed: {error}. Widen --trim.") from None
        except ImpossibleMargin as error:
            raise TableUnusable(f"Weights cannot be calibrated: {error}.") from None
        result = np.zeros(weight.size)
        result[used] = changed
        return Reweighted(result, used, calibrated)


def reweighting(
    trimming: Trimming | None, calibration: Calibration | None, rows: pl.DataFrame, weight: Vector
) -> Reweighting:
    """Return how the weights of a table are changed.

    Args:
        trimming: bounds of the weights.
        calibration: totals to meet.
        rows: of the table, with the columns of the totals.
        weight: shape (n,); rows of weight zero need no category.

    Raises:
        TableUnusable: margins count different people, or a row has none of the categories.
    """
    if calibration is None:
        return Reweighting(trimming, None, None)
    _refuse_contradictions(calibration)
    used = weight > 0
    columns = list(_columns(calibration, rows, used))
    totals = np.array([[total.total for total in calibration.totals]])
    names = [total.name for total in calibration.totals]
    part = np.zeros(rows.height, dtype=np.int64)
    return Reweighting(
        trimming, calibration.distance, Auxiliary(part, np.stack(columns, axis=1), totals, names)
    )


def _columns(
    calibration: Calibration, rows: pl.DataFrame, used: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> Iterator[Vector]:
    """Yield the auxiliary values of every total, each of shape (n,)."""
    for column in calibration.counted:
        _refuse_uncounted(calibration, column, rows.filter(pl.Series(used)))
    for total in calibration.totals:
        if total.variable == EVERYONE:
            yield np.ones(rows.height)
        elif total.category is not None:
            same = as_text(rows[total.variable]) == total.category
            yield same.fill_null(value=False).cast(pl.Float64).to_numpy()
        else:
            values = rows[total.variable].cast(pl.Float64)
            if missing := int(values.filter(pl.Series(used)).null_count()):
                raise TableUnusable(
                    f"Column {total.variable!r} has no value in {missing} rows, and the weights "
                    "are to meet its total: fill them in, or leave the total out of --margins."
                )
            yield values.fill_null(0.0).to_numpy()


def as_text(column: pl.Series) -> pl.Series:
    """Return labels as people write them: whole numbers without a decimal point."""
    if column.dtype.is_float():
        whole = column.cast(pl.Int64, strict=False)
        text = pl.select(
            pl.when(column == whole.cast(pl.Float64))
            .then(whole.cast(pl.String))
            .otherwise(column.cast(pl.String))
        )
        return text.to_series()
    return column.cast(pl.String)


def _refuse_uncounted(calibration: Calibration, column: str, rows: pl.DataFrame) -> None:
    """Refuse rows that are in none of the categories of a margin."""
    categories = [t.category for t in calibration.totals if t.variable == column and t.category]
    values = as_text(rows[column])
    if missing := int(values.null_count()):
        raise TableUnusable(
            f"Column {column!r} has no value in {missing} rows, and --margins counts its "
            "categories: fill them in, or give them a category of their own with its people."
        )
    unknown = sorted(set(values.unique().to_list()) - set(categories))
    if unknown:
        raise TableUnusable(
            f"Column {column!r} holds {unknown[0]!r}, and --margins has no people for it. It has: "
            f"{', '.join(map(repr, categories))}."
        )


def _refuse_contradictions(calibration: Calibration) -> None:
    """Refuse margins that count different numbers of people."""
    people = {
        column: sum(t.total for t in calibration.totals if t.variable == column and t.category)
        for column in calibration.counted
    }
    people |= {t.name: t.total for t in calibration.totals if t.variable == EVERYONE}
    (first, whole), *others = people.items() or [("", 0.0)]
    for name, count in others:
        if not np.isclose(count, whole, rtol=NEAR):
            raise TableUnusable(
                f"In --margins {first!r} adds up to {whole:.12g} people and {name!r} to "
                f"{count:.12g}: both count the same people. Correct one of them."
            )
