"""What is asked of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from espi.method.estimation.lonely import Lonely

PLAIN = ("mean", "total", "share")
REPLICATED = ("bootstrap",)


@dataclass(frozen=True, slots=True)
class Stat:
    """A statistic as asked for.

    Attributes:
        name: ``mean``, ``total``, ``share``, ``ratio`` or ``quantile``.
        over: denominator of a ratio.
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
    """Everything that is asked: the file, its design, what to estimate and how.

    Attributes:
        replicates: of the bootstrap; none for the Taylor variance.
    """

    path: Path
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
    engine: str

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


def read_stat(text: str) -> Stat:
    """Return the statistic that a word like ``ratio:x`` or ``quantile:0.5`` names.

    Raises:
        click.BadParameter: there is none of that name, or its argument is missing.
    """
    name, _, argument = text.partition(":")
    if name in PLAIN and not argument:
        return Stat(name)
    if name == "ratio" and argument:
        return Stat(name, over=argument)
    if name == "quantile":
        try:
            p = float(argument)
        except ValueError:
            p = -1.0
        if 0 < p < 1:
            return Stat(name, p=p)
        raise click.BadParameter(f"{text!r}: a quantile needs a share, such as quantile:0.5")
    raise click.BadParameter(
        f"{text!r} is none of mean, total, share, ratio:COLUMN, quantile:SHARE"
    )


def read_variance(text: str) -> int | None:
    """Return the number of replicates that ``bootstrap:500`` names; none for ``taylor``.

    Raises:
        click.BadParameter: it is neither.
    """
    if text == "taylor":
        return None
    name, _, argument = text.partition(":")
    if name in REPLICATED and argument.isdigit() and int(argument) > 1:
        return int(argument)
    raise click.BadParameter(f"{text!r} is neither taylor nor bootstrap:REPLICATES")


def columns(text: str) -> tuple[str, ...]:
    """Return the columns of a list with commas."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
