"""How many people were on the lists, how many were invited, how many answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from django.utils.translation import gettext as _

from espi.design.models import Group, Stratum, Wave
from espi.method.index.released import ReleasedAgency, ReleasedWave
from espi.response.publication import numbers
from espi.response.publication.blocks import Grid
from espi.tallies.models import Tally


@dataclass(frozen=True, slots=True)
class Turnout:
    """People on the lists and people invited, by agency and group; public counts of the wave.

    Only strata that a sample was drawn from are counted: slips that were handed out say nothing
    of a list.
    """

    listed: Counter[tuple[str, str]]
    invited: Counter[tuple[str, str]]

    def of_agency(self, agency: ReleasedAgency) -> Grid:
        """Return the table of one agency."""
        rows = [
            _row(group, self.listed[agency.code, group], self.invited[agency.code, group], n)
            for group in Group.values
            if (n := agency.n.get(group)) is not None
        ]
        return _table(_("People on the lists, invited, and answers"), rows)

    def of_wave(self, results: ReleasedWave) -> Grid:
        """Return the table of all agencies together."""
        rows = []
        for group in Group.values:
            listed = sum(self.listed[agency.code, group] for agency in results.agencies)
            invited = sum(self.invited[agency.code, group] for agency in results.agencies)
            rows.append(_row(group, listed, invited, _answers(results, group)))
        return _table(_("People on the lists, invited, and answers of all agencies"), rows)


def turnout_of(wave: Wave) -> Turnout:
    """Return the counts of a wave that crossed from the contact bank."""
    strata = {
        stratum.code: (stratum.agency.code, stratum.group)
        for stratum in wave.strata.select_related("agency")
        if stratum.channel == Stratum.Channel.SAMPLE
    }
    counts = {kind: Counter[tuple[str, str]]() for kind in Tally.Kind.values}
    tallies = Tally.objects.filter(wave_code=wave.code)
    for stratum, kind, count in tallies.values_list("stratum_code", "kind", "count"):
        if stratum in strata:
            counts[kind][strata[stratum]] += count
    return Turnout(counts[Tally.Kind.POPULATION], counts[Tally.Kind.INVITED])


def _answers(results: ReleasedWave, group: str) -> str:
    """Return the answers of a group in all agencies; a lower bound where some are hidden.

    The exact sum beside the numbers of all others would tell the one that is hidden.
    """
    shown = [agency.n.get(group, "0") for agency in results.agencies]
    total = sum(int(n) for n in shown if n.isdecimal())
    if all(n.isdecimal() for n in shown):
        return str(total)
    return _("at least %(count)s") % {"count": numbers.count(total)}


def _row(group: str, listed: int, invited: int, answers: str) -> list[str]:
    counted = answers.isdecimal() and int(answers) > 0
    n = int(answers) if counted else 0
    return [
        str(Group(group).label),
        numbers.count(listed) if listed else "–",
        numbers.count(invited) if invited else "–",
        numbers.count(n) if counted else answers,
        numbers.whole_percent(n / invited) if counted and invited >= n else "–",
        numbers.score(listed / n) if counted and listed else "–",
    ]


def _table(caption: str, rows: list[list[str]]) -> Grid:
    return Grid(
        caption=caption,
        header=[
            _("Group"),
            _("On the lists"),
            _("Invited"),
            _("Answers"),
            _("Answers of those invited"),
            _("People one answer stands for"),
        ],
        rows=rows,
        widths=[3, 2, 2, 2, 3, 3],
        numbers=[1, 2, 3, 4, 5],
    )
