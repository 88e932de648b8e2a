"""From the words of the command line to a request."""

from __future__ import annotations

import click

from espi.method.tables.request import Stat

PLAIN = ("mean", "total", "share")


def read_stat(text: str) -> Stat:
    """Return the statistic that a word like ``ratio:x`` or ``quantile:0.5`` names.

    Raises:
        click.BadParameter: no statistic has that name, or its argument is missing.
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
    if name == "bootstrap" and argument.isdigit() and int(argument) > 1:
        return int(argument)
    raise click.BadParameter(f"{text!r} is neither taylor nor bootstrap:REPLICATES")


def columns(text: str) -> tuple[str, ...]:
    """Return the columns of a list with commas."""
    return tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
