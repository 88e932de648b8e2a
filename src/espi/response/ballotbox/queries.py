"""Reads of the box."""

from __future__ import annotations

from espi.design.models import Wave
from espi.response.ballotbox.intake import waiting_count
from espi.response.ballotbox.models import Ballot, Opening


def opening_of(wave: Wave) -> Opening | None:
    """Return the opening of a wave, if it has taken place."""
    return Opening.objects.filter(wave=wave).first()


def box_counts(wave: Wave) -> dict[str, int]:
    """Return how many ballots the box holds, and how many were opened or spoiled.

    Raises:
        IntakeElsewhere: the waiting ballots are not in this process's storage.
    """
    opening = opening_of(wave)
    return {
        "waiting": waiting_count(wave),
        "ballots": Ballot.objects.filter(key_stratum__wave=wave).count(),
        "opened": opening.opened if opening else 0,
        "spoiled": opening.spoiled if opening else 0,
    }
