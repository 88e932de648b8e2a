"""Which waves this bank has, and which of them is meant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings
from django.db.models import QuerySet

from espi.design.errors import NoSuchWave, NoWave, SeveralWaves
from espi.design.models import Agency, Stratum, Wave, in_language


@dataclass(frozen=True, slots=True)
class Dropped:
    """An agency that a wave goes on without.

    Attributes:
        reason: why, as the public reads it, by language.
        withheld: its people were drawn, and its results are not shown; else nobody was drawn.
    """

    agency: Agency
    reason: Mapping[str, str]
    withheld: bool

    @property
    def label(self) -> str:
        """The reason in the current language."""
        return in_language(self.reason)


def open_waves(waves: list[Wave]) -> list[Wave]:
    """Return those of the waves on which this bank still works.

    The contact bank's work ends with the closing of fieldwork, the response bank's with the
    release of results.
    """
    end = Wave.Phase.CLOSED if settings.TAKES_LISTS else Wave.Phase.RELEASED
    return [wave for wave in waves if not wave.has_reached(end)]


def waves_in_field() -> list[Wave]:
    """Return the waves that are in the field now, the newest first."""
    return [wave for wave in every_wave() if wave.phase == Wave.Phase.FIELD]


def every_wave() -> list[Wave]:
    """Return all waves of this bank, the newest first."""
    return list(Wave.objects.select_related("specification").order_by("-year", "-id"))


def default_wave() -> Wave:
    """Return the wave that is meant where none is named: the only open one, or the only one.

    Raises:
        NoWave: no wave has been loaded into this bank.
        SeveralWaves: more than one could be meant. The newest is not guessed: once the design of
            next year is loaded, a command for this year's wave would act on the wrong one.
    """
    waves = every_wave()
    candidates = open_waves(waves) or waves
    if not candidates:
        raise NoWave
    if len(candidates) > 1:
        raise SeveralWaves(codes=_listed(candidates))
    return candidates[0]


def wave_named(code: str) -> Wave:
    """Return a wave by its code.

    Raises:
        NoSuchWave: this bank has no wave of that code.
    """
    waves = every_wave()
    for wave in waves:
        if wave.code == code:
            return wave
    raise NoSuchWave(code=code, codes=_listed(waves) or "–")


def dropped_agencies(wave: Wave) -> tuple[Dropped, ...]:
    """Return the agencies that a wave goes on without, by code; requests that wait do not count."""
    rows = wave.dropped_agencies.filter(confirmed_on__isnull=False).select_related("agency")
    return tuple(
        Dropped(row.agency, row.reason, row.withheld) for row in rows.order_by("agency__code")
    )


def surveyed_strata(wave: Wave) -> QuerySet[Stratum]:
    """Return the strata of a wave but those of agencies that were dropped before the draw."""
    dropped = wave.dropped_agencies.filter(confirmed_on__isnull=False, withheld=False)
    return wave.strata.exclude(agency__in=dropped.values("agency"))


def _listed(waves: list[Wave]) -> str:
    return ", ".join(wave.code for wave in waves)
