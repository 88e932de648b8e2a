"""The order of closing: first the registry gives no more stamps, a week later the box closes."""

from __future__ import annotations

from datetime import date, timedelta

from django.conf import settings
from django.utils.formats import date_format

from espi.design import wave_states
from espi.design.models import Wave
from espi.response.ballotbox.errors import OnTheirWay, RegistryStillIssues, RegistryUnknown

GRACE = timedelta(days=7)  # as long as a phone keeps an envelope that has its stamp
ANNOUNCED = 25.0  # seconds; the registry reads our state every ten


def refuse_out_of_order(wave: Wave, today: date) -> None:
    """Refuse to close the box while somebody may have a stamp, or still get one.

    Raises:
        RegistryUnknown: the registry cannot be asked, or does not know the wave.
        RegistryStillIssues: it has not closed the wave.
        OnTheirWay: it gave its last stamp less than a week ago.
    """
    if wave.has_reached(Wave.Phase.CLOSED):
        return  # closing again ends an interrupted closing
    try:
        states = wave_states.fetch(settings.REGISTRY_URL)
    except wave_states.StateUnknown as error:
        raise RegistryUnknown(reason=error) from None
    if wave.code not in states:
        raise RegistryUnknown(reason=f"it has no wave {wave.code}")
    registry = states[wave.code]
    if registry.state != wave_states.CLOSED:
        raise RegistryStillIssues(wave=wave.code)
    if today <= registry.last_day + GRACE:
        first = registry.last_day + GRACE + timedelta(days=1)
        days = {"last": date_format(registry.last_day, "j F Y"), "day": date_format(first, "j F Y")}
        raise OnTheirWay(wave=wave.code, **days)


def announce(wave: Wave) -> None:
    """Announce that the box is about to close before its time.

    ``/v1/state`` says so to everybody; the registry reads it and gives no more stamps.
    """
    Wave.objects.filter(pk=wave.pk).update(closing_announced=True)
