"""Reads of what has been released. Nothing public is read from anywhere else."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from espi.design.models import Wave
from espi.response.publication.errors import NoSuchAgency, NotReleased
from espi.response.publication.models import PublishedScore, Release

SHOWN_TRENDS = 25


def released(wave: Wave) -> Release | None:
    """Return the release that is out, if there is one."""
    return Release.objects.filter(wave=wave, state=Release.State.RELEASED).first()


def latest_released() -> Release:
    """Return the latest release that is out.

    Raises:
        NotReleased: nothing is out.
    """
    found = (
        Release.objects.select_related("wave")
        .filter(state=Release.State.RELEASED)
        .order_by("-wave__year", "-id")
        .first()
    )
    if found is None:
        raise NotReleased
    return found


def proposed(wave: Wave) -> Release | None:
    """Return the release that waits for its second pair of eyes."""
    return Release.objects.filter(wave=wave, state=Release.State.PROPOSED).first()


def agency_in(release: Release, code: str) -> dict[str, Any]:
    """Return the released results of one agency.

    Raises:
        NoSuchAgency: the release has none of that code.
    """
    for agency in release.results["agencies"]:
        if agency["code"] == code:
            found: dict[str, Any] = agency
            return found
    raise NoSuchAgency(agency=code)


def trends(search: str) -> tuple[list[list[PublishedScore]], bool]:
    """Return published scores per institution in the order of years, and whether more were found.

    Institutions are joined over the years by their name: the source's numbers change every year.
    """
    found = PublishedScore.objects.order_by("institution", "year")
    for word in search.split():
        found = found.filter(institution__icontains=word)
    names = found.values_list("institution", flat=True).distinct()
    chosen = list(names.order_by("institution")[: SHOWN_TRENDS + 1])
    lines: dict[str, list[PublishedScore]] = defaultdict(list)
    for score in found.filter(institution__in=chosen[:SHOWN_TRENDS]):
        lines[score.institution].append(score)
    return list(lines.values()), len(chosen) > SHOWN_TRENDS
