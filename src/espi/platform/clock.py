"""The only module that reads the clock. A rehearsal may run ahead of the real time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone


def now() -> datetime:
    """Return the present instant; in a rehearsal, moved by the number of days in its clock file."""
    instant = timezone.now()
    if settings.CLOCK_FILE:
        instant += timedelta(days=float(Path(settings.CLOCK_FILE).read_text("ascii")))
    return instant


def today() -> date:
    """Return the present day in the survey's time zone."""
    return day_of(now())


def day_of(instant: datetime) -> date:
    """Return the day of an instant in the survey's time zone."""
    return timezone.localdate(instant)
