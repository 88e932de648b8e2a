"""Joins strata that are too small to have a variance to a sibling, and reports each join (M9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from espi.method.errors import ImpossibleDesign

LEAST = 2  # units for a variance


@dataclass(frozen=True, slots=True)
class Collapse:
    """One stratum joined to another of the same agency and group.

    Attributes:
        respondents: how many the joined stratum brought; None where it was joined before the
            answers left the seal, because they were too few to be counted apart.
    """

    stratum: str
    into: str
    respondents: int | None


def collapse(
    respondents: Mapping[str, int], populations: Mapping[str, int], siblings: Mapping[str, str]
) -> tuple[dict[str, str], list[Collapse]]:
    """Join each stratum of fewer than two respondents to its largest sibling (M9).

    A stratum taken whole stays: it has no sampling variance. A stratum without a sibling stays
    too, and the variance will refuse it by name.

    Args:
        respondents: per stratum; strata without any count too.
        populations: people per stratum.
        siblings: per stratum, a label shared by those that may be joined.

    Returns:
        The stratum that each one counts in, and what was joined.

    Raises:
        ImpossibleDesign: a stratum with respondents has no known population.
    """
    if unknown := sorted(set(respondents) - set(populations)):
        raise ImpossibleDesign(f"no population is known of {', '.join(unknown)}")
    home = {stratum: stratum for stratum in populations}
    collapses = []
    for stratum in sorted(populations, key=lambda code: (respondents.get(code, 0), code)):
        answers = respondents.get(stratum, 0)
        if answers >= LEAST or answers == populations[stratum]:
            continue
        others = [
            code
            for code in populations
            if code != stratum and siblings[code] == siblings[stratum] and home[code] == code
        ]
        if not others:
            continue
        into = max(others, key=lambda code: (respondents.get(code, 0), code))
        for code, current in home.items():
            if current == stratum:
                home[code] = into
        collapses.append(Collapse(stratum, into, answers))
    return home, collapses
