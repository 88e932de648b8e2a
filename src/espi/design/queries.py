"""Reads of public facts."""

from __future__ import annotations

from espi.design.errors import NoWave
from espi.design.models import Wave


def current_wave() -> Wave:
    """Return the wave being run: the latest by year.

    Raises:
        NoWave: no wave has been loaded into this bank.
    """
    wave = Wave.objects.select_related("specification").order_by("-year", "-id").first()
    if wave is None:
        raise NoWave
    return wave
