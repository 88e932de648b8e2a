"""Refusals of the method: the data do not allow what is asked."""

from __future__ import annotations

from collections.abc import Sequence


class MethodError(Exception):
    """The method refuses; the message names what is missing or impossible."""


class LonelyPSU(MethodError):
    """Strata with a single sampled unit have no variance; join each to another stratum first.

    Attributes:
        strata: the lonely strata, by index or by name.
    """

    def __init__(self, strata: Sequence[object]) -> None:
        super().__init__(f"strata with one sampled unit: {', '.join(map(str, strata))}")
        self.strata = strata


class ImpossibleDesign(MethodError):
    """A stratum has more sampled units than people, or a population that is not known."""


class ImpossibleMargin(MethodError):
    """No weights can meet the population counts; the message names the margin that cannot."""


class TableUnusable(MethodError):
    """A table does not allow what is asked; the message says what, where and how to mend it."""


class SpecificationFaulty(MethodError):
    """An index specification cannot be used; the message names the place."""


class PublishedFileFaulty(MethodError):
    """A file of published results cannot be read; the message names file, row and column."""
