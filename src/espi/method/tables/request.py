"""What is asked of a table: its design columns, what to estimate of which columns, and how."""

from __future__ import annotations

from dataclasses import dataclass

from espi.method.estimation.lonely import Lonely

# Whoever reads a table puts the stratum and the cluster of each row under these names, beside the
# columns of the file. They have blanks so that no column of a file is likely to be called so.
STRATUM, PSU = "the stratum", "the cluster"


@dataclass(frozen=True, slots=True)
class Stat:
    """A statistic as asked for.

    Attributes:
        name: ``mean``, ``total``, ``share``, ``ratio`` or ``quantile``.
        over: the column in the denominator of a ratio.
        p: of a quantile, 0–1.
    """

    name: str
    over: str | None = None
    p: float | None = None

    def __str__(self) -> str:
        if self.over is not None:
            return f"{self.name}:{self.over}"
        return self.name if self.p is None else f"{self.name}:{self.p:g}"


@dataclass(frozen=True, slots=True)
class Request:
    """The design of a sample, what to estimate from it and how.

    Attributes:
        weight: column of the weights, above zero.
        of: columns to estimate.
        strata: column of the strata; none where all rows are one stratum.
        psu: column of the clusters drawn first, within strata; none where persons were drawn.
        fpc: column of the units in the population of the stratum: clusters with ``psu``, else
            persons; none for sampling with replacement.
        by: columns that name domains.
        stats: each is estimated of every column in ``of``.
        replicates: of the bootstrap; none for the Taylor variance.
        seed: of the bootstrap.
        lonely: the rule for strata of a single sampled unit.
    """

    weight: str
    of: tuple[str, ...]
    strata: str | None
    psu: str | None
    fpc: str | None
    by: tuple[str, ...]
    stats: tuple[Stat, ...]
    replicates: int | None
    seed: int
    lonely: Lonely

    @property
    def numbers(self) -> tuple[str, ...]:
        """The columns that must hold numbers."""
        over = [stat.over for stat in self.stats if stat.over]
        design = [self.weight, *([self.fpc] if self.fpc else [])]
        return tuple(dict.fromkeys([*design, *self.of, *over]))

    @property
    def labels(self) -> tuple[str, ...]:
        """The columns that name strata, clusters and domains."""
        return tuple(dict.fromkeys(c for c in (self.strata, self.psu, *self.by) if c))

    @property
    def needs_rows(self) -> bool:
        """Whether sums per cell are not enough: quantiles and the bootstrap need every row."""
        return self.replicates is not None or any(stat.p is not None for stat in self.stats)
