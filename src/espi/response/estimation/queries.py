"""Reads of estimation."""

from __future__ import annotations

from espi.design.models import Wave
from espi.method.index.document import AgencyResult
from espi.response.estimation.document import RunResults, read_results
from espi.response.estimation.models import Correction, EstimationRun


def latest_run(wave: Wave) -> EstimationRun | None:
    """Return the latest run on a wave."""
    return EstimationRun.objects.filter(wave=wave).order_by("-number").first()


def corrections_of(wave: Wave) -> list[Correction]:
    """Return all corrections of a wave, decided or not."""
    return list(
        Correction.objects.filter(wave=wave).select_related("agency", "wave__specification")
    )


def results_of(run: EstimationRun) -> RunResults:
    """Return the results of a run."""
    return read_results(run.results)


def result_of(run: EstimationRun, agency_code: str) -> AgencyResult | None:
    """Return the results of one agency in a run; None where there is none of that code."""
    return results_of(run).agency(agency_code)
