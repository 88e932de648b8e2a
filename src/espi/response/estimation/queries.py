"""Reads of estimation."""

from __future__ import annotations

from typing import Any

from espi.design.models import Wave
from espi.design.queries import current_wave
from espi.response.estimation.models import Correction, EstimationRun


def latest_run(wave: Wave) -> EstimationRun | None:
    """Return the latest run on a wave."""
    return EstimationRun.objects.filter(wave=wave).order_by("-number").first()


def corrections_of(wave: Wave) -> list[Correction]:
    """Return all corrections of a wave, decided or not."""
    return list(
        Correction.objects.filter(wave=wave).select_related("agency", "wave__specification")
    )


def result_of(run: EstimationRun, agency_code: str) -> dict[str, Any] | None:
    """Return the results of one agency in a run."""
    for result in run.results["agencies"]:
        if result["code"] == agency_code:
            found: dict[str, Any] = result
            return found
    return None


def estimated_wave() -> Wave | None:
    """Return the latest wave whose ballots have been opened: the one that estimation is about."""
    phases = ("opened", "estimated", "released")
    return Wave.objects.filter(phase__in=phases).order_by("-year", "-id").first()


def wave_at_hand() -> Wave:
    """Return the wave that estimation and release are about: opened, or else the current one."""
    return estimated_wave() or current_wave()
