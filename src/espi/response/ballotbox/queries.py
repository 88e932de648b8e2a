"""Reads of the box."""

from __future__ import annotations

from collections import Counter

from django.db.models import Max

from espi.design.models import Wave
from espi.response.ballotbox.models import Ballot, Batch, Intake, Opening


def released_digests(wave: Wave, key_stratum: str) -> list[str]:
    """Return the public list of a stratum: its ballots, sorted, in hexadecimal.

    Until the closing the newest batch is held back, so that a small rest can join it. After the
    closing, strata below the minimum cell share one list. So no list ever grows by fewer ballots
    than the minimum cell, from nothing or from what it was.
    """
    found = Ballot.objects.filter(key_stratum__wave=wave)
    if wave.has_reached(Wave.Phase.CLOSED):
        found = found.filter(key_stratum__code__in=_listed_together(wave, key_stratum))
        if found.count() < wave.minimum_cell:
            return []
    else:
        batches = Batch.objects.filter(key_stratum__wave=wave, key_stratum__code=key_stratum)
        newest = batches.aggregate(number=Max("number"))["number"]
        found = found.filter(batch__in=batches.exclude(number=newest))
    return sorted(bytes(digest).hex() for digest in found.values_list("digest", flat=True))


def _listed_together(wave: Wave, key_stratum: str) -> set[str]:
    ballots = Ballot.objects.filter(key_stratum__wave=wave)
    sizes = Counter(ballots.values_list("key_stratum__code", flat=True))
    if sizes[key_stratum] >= wave.minimum_cell:
        return {key_stratum}
    return {code for code, size in sizes.items() if size < wave.minimum_cell}


def opening_of(wave: Wave) -> Opening | None:
    """Return the opening of a wave, if it has taken place."""
    return Opening.objects.filter(wave=wave).first()


def box_counts(wave: Wave) -> dict[str, int]:
    """Return how many ballots the box holds, and how many were opened or spoiled."""
    opening = opening_of(wave)
    return {
        "waiting": Intake.objects.filter(key_stratum__wave=wave).count(),
        "ballots": Ballot.objects.filter(key_stratum__wave=wave).count(),
        "opened": opening.opened if opening else 0,
        "spoiled": opening.spoiled if opening else 0,
    }
