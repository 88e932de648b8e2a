"""Reads of the sample."""

from __future__ import annotations

from django.db.models import Count, Q

from espi.contact.sampling.models import SampleDraw
from espi.design.models import Wave
from espi.method.sampling.planning import Rule, StratumCount, StratumPlan, plan


def planned(wave: Wave) -> list[StratumPlan]:
    """Return what a draw would take from each stratum, from the frame as it stands."""
    eligible = Count("person", filter=Q(person__eligible=True))
    counts = [
        StratumCount(stratum.code, stratum.agency.code, stratum.group, stratum.people)
        for stratum in wave.strata.select_related("agency").annotate(people=eligible)
    ]
    rule = Rule(wave.margin_of_error, wave.expected_response, wave.minimum_cell)
    return plan(counts, rule)


def draw_of(wave: Wave) -> SampleDraw | None:
    """Return the draw of a wave, if it has been made."""
    return SampleDraw.objects.filter(wave=wave).first()
