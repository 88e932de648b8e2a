"""Reads of the box."""

from __future__ import annotations

from espi.design.models import Wave
from espi.response.ballotbox.models import Ballot, Intake, Opening


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
