"""What is asked of a table: its design columns, what to estimate of which columns, and how."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from espi.method.estimation.intervals import LEVEL
from espi.method.estimation.lonely import Lonely
from espi.method.tables.reweighting import Calibration, Trimming

# Whoever reads a table puts the stratum and the clusters of each row under these names, beside the
# columns of the file. They have blanks so that no column of a file is likely to be called so.
STRATUM, PSU, SSU = "the stratum", "the cluster", "the unit in the cluster"


@dataclass(frozen=True, slots=True)
class Stat:
    """A statistic as asked for.

    Attributes:
        name: ``mean``, ``total``, ``share``, ``ratio`` or ``quantile``.
        over: the column in the denominator of a ratio.
        p: of a quantile, 0–1.
        category: the value whose share is meant; none for a share of ones among zeros and ones.
    """

    name: str
    over: str | None = None
    p: float | None = None
    category: str | None = None

    def __str__(self) -> str:
        if self.p is not None:
            return f"{self.name}:{self.p:g}"
        argument = self.over if self.category is None else self.category
        return self.name if argument is None else f"{self.name}:{argument}"


@dataclass(frozen=True, slots=True)
class Condition:
    """What a row must fulfil to belong to the subpopulation.

    Attributes:
        column: of the file; a row without a value there does not belong.
        operator: ``=``, ``!=``, ``<``, ``<=``, ``>`` or ``>=``.
        values: any of them for ``=``, none of them for ``!=``; one number for the others.
    """

    column: str
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.column}{self.operator}{'|'.join(self.values)}"

    @property
    def of_numbers(self) -> bool:
        """Whether the column must hold numbers."""
        return self.operator not in {"=", "!="}


class ReplicateKind(StrEnum):
    """How replicates were made, and by that what the variance over them is multiplied by."""

    BOOTSTRAP = "bootstrap"
    JACKKNIFE = "jackknife"
    BRR = "brr"
    FAY = "fay"
    JK1 = "jk1"
    JKN = "jkn"
    SUCCESSIVE = "sdr"


@dataclass(frozen=True, slots=True)
class Replication:
    """A variance by replicates.

    Attributes:
        kind: how they were made, or are to be made.
        count: of a bootstrap that is to be made.
        seed: of the same.
        rho: of Fay's half-samples, 0 or more and below 1.
        columns: of replicate weights in the file; none where the replicates are made here.
        factors: of each replicate, where the kind does not say it.
        around_estimate: deviations are from the estimate, rather than from the replicates' mean.
    """

    kind: ReplicateKind
    count: int | None = None
    seed: int = 1
    rho: float = 0.0
    columns: tuple[str, ...] = ()
    factors: tuple[float, ...] | None = None
    around_estimate: bool = False

    def __str__(self) -> str:
        words = self.kind.value
        if self.kind is ReplicateKind.FAY:
            words = f"{words}:{self.rho:g}"
        if self.columns:
            words = f"{words}, {len(self.columns)} replicates of the file"
        elif self.count is not None:
            words = f"{words}:{self.count} (Rao-Wu, seed {self.seed})"
        return f"{words}, around the estimate" if self.around_estimate else words


class IntervalKind(StrEnum):
    """How an interval is made."""

    AUTO = "auto"
    T = "t"
    NORMAL = "normal"
    LOGIT = "logit"
    KORN_GRAUBARD = "korn-graubard"


class Baseline(StrEnum):
    """The simple random sample that a design effect compares with."""

    WITHOUT_REPLACEMENT = "wor"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True)
class Precision:
    """How certainty is shown.

    Attributes:
        interval: its kind; ``auto`` is Korn–Graubard for shares and t for the rest.
        level: of the interval, between 0 and 1.
        baseline: of design effects.
        compare: also estimate the difference of every two domains.
    """

    interval: IntervalKind = IntervalKind.AUTO
    level: float = LEVEL
    baseline: Baseline = Baseline.WITHOUT_REPLACEMENT
    compare: bool = False


@dataclass(frozen=True, slots=True)
class SampleDesign:
    """The columns that say how the sample was drawn.

    Attributes:
        weight: zero or more; a row of weight zero stays in the design and in no domain.
        strata: columns whose crossed values name the strata; none where all rows are one stratum.
        psu: column of the clusters drawn first, within strata; none where persons were drawn.
        fpc: column of the units in the population of the stratum (clusters with ``psu``, else
            persons), or of the fraction of them that was drawn; none for sampling with replacement.
        ssu: column of the units drawn second, within clusters; none to leave the stage out.
        fpc2: column of such units in the cluster's population, or of the fraction drawn.
        lonely: the rule for strata of a single sampled unit.
    """

    weight: str
    strata: tuple[str, ...] = ()
    psu: str | None = None
    fpc: str | None = None
    ssu: str | None = None
    fpc2: str | None = None
    lonely: Lonely = Lonely.FAIL

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns that name strata and units."""
        return tuple(c for c in (*self.strata, self.psu, self.ssu) if c)

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns of numbers, none of which may be missing."""
        return tuple(c for c in (self.weight, self.fpc, self.fpc2) if c)


@dataclass(frozen=True, slots=True)
class Request:
    """The design of a sample, what to estimate from it and how.

    Attributes:
        design: how the sample was drawn.
        of: columns to estimate.
        by: columns that name domains.
        where: conditions that a row of any domain must fulfil.
        stats: each is estimated of every column in ``of``.
        trimming: bounds of the weights; none to leave them.
        calibration: what the weights are to meet; none to leave them.
        replication: none for the Taylor variance.
        precision: how certainty is shown.
    """

    design: SampleDesign
    of: tuple[str, ...]
    by: tuple[str, ...] = ()
    where: tuple[Condition, ...] = ()
    stats: tuple[Stat, ...] = (Stat("mean"),)
    trimming: Trimming | None = None
    calibration: Calibration | None = None
    replication: Replication | None = None
    precision: Precision = Precision()

    @property
    def replicate_columns(self) -> tuple[str, ...]:
        """The columns of replicate weights in the file."""
        return self.replication.columns if self.replication else ()

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that must hold numbers."""
        over = [stat.over for stat in self.stats if stat.over]
        ordered = [condition.column for condition in self.where if condition.of_numbers]
        totals = self.calibration.sums if self.calibration else ()
        return tuple(dict.fromkeys(
            [*self.design.numbers, *self.of, *over, *ordered, *totals, *self.replicate_columns]
        ))  # fmt: skip

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns that name strata, units, domains, categories and subpopulations."""
        equal = [condition.column for condition in self.where if not condition.of_numbers]
        counted = self.calibration.counted if self.calibration else ()
        return tuple(dict.fromkeys([*self.design.labels, *self.by, *equal, *counted]))

    @property
    def reweights(self) -> bool:
        """Whether weights are changed before anything is estimated."""
        return self.trimming is not None or self.calibration is not None

    @property
    def needs_rows(self) -> bool:
        """Whether sums per cell are not enough."""
        quantiles = any(stat.p is not None for stat in self.stats)
        return quantiles or self.replication is not None or self.needs_influence

    @property
    def needs_influence(self) -> bool:
        """Whether the variance of an estimate needs the influence of every row."""
        return self.reweights or self.design.ssu is not None or self.precision.compare
