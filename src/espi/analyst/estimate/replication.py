"""From the words of the command line to a variance by replicates."""

from __future__ import annotations

import click

from espi.analyst.estimate.words import Words, columns, number
from espi.method.tables.request import ReplicateKind, Replication

MAKEABLE = (ReplicateKind.BOOTSTRAP, ReplicateKind.JACKKNIFE, ReplicateKind.BRR, ReplicateKind.FAY)
SUPPLIED = tuple(kind for kind in ReplicateKind if kind is not ReplicateKind.JACKKNIFE)


def read_replication(words: Words) -> Replication | None:
    """Return the replicates that ``--variance``, ``--replicates`` and their company name.

    Raises:
        click.BadParameter: they are no replicates, or contradict each other.
    """
    text, supplied = words["variance"], columns(words["replicates"])
    name, _, argument = text.partition(":")
    factors = None if words["factors"] is None else _numbers(words["factors"])
    if factors is not None and not supplied:
        raise click.BadParameter("--factors belong to --replicates.")
    if text == "taylor" and not supplied:
        return None
    allowed = SUPPLIED if supplied else MAKEABLE
    kind = next((kind for kind in allowed if kind == name), None)
    if kind is None:
        raise click.BadParameter(_no_such_variance(text, supplied=bool(supplied)))
    if kind is ReplicateKind.JKN and factors is None:
        raise click.BadParameter(
            "--variance jkn needs --factors: what each replicate's square is multiplied by, such "
            "as (n - 1)/n of its stratum, in the order of the columns."
        )
    count, rho = _argument(text, kind, argument, supplied=bool(supplied))
    around = words["centre"] == "estimate"
    return Replication(kind, count, words["seed"], rho, supplied, factors, around)


def _argument(
    text: str, kind: ReplicateKind, argument: str, *, supplied: bool
) -> tuple[int | None, float]:
    """Return how many replicates to make, and Fay's factor."""
    if kind is ReplicateKind.FAY:
        rho = number(argument)
        if not 0 <= rho < 1:
            raise click.BadParameter(f"{text!r}: Fay's factor is from 0 to below 1: fay:0.3")
        return None, rho
    if kind is ReplicateKind.BOOTSTRAP and not supplied:
        count = int(argument) if argument.isdecimal() else 0
        if count > 1:
            return count, 0.0
    elif not argument:
        return None, 0.0
    raise click.BadParameter(_no_such_variance(text, supplied=supplied))


def _no_such_variance(text: str, *, supplied: bool) -> str:
    if supplied:
        return (
            f"{text!r}: with --replicates say how they were made: brr, fay:FACTOR, jk1, jkn (with "
            "--factors), bootstrap or sdr. Other kinds, such as jk2, are jkn with their --factors."
        )
    return (
        f"{text!r} is neither taylor nor bootstrap:REPLICATES, jackknife, brr, fay:FACTOR; jk1, "
        "jkn and sdr are kinds of supplied --replicates"
    )


def _numbers(text: str) -> tuple[float, ...]:
    numbers = tuple(number(part) for part in text.split(","))
    if not all(number >= 0 for number in numbers):
        raise click.BadParameter(f"--factors {text!r}: write numbers, zero or more, with commas.")
    return numbers
