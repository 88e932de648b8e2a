"""Reads of what has been released. Nothing public is read from anywhere else."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet

from espi.design.models import Wave
from espi.method.index.released import ReleasedAgency, ReleasedWave, read_released
from espi.response.publication.errors import NoSuchAgency, NotReleased
from espi.response.publication.models import PublishedScore, Release

SHOWN_TRENDS = 25  # institutions on one page; more would make it slow to read and to draw


def released(wave: Wave) -> Release | None:
    """Return the public release of a wave; None where its results are not released."""
    return _released().filter(wave=wave).first()


def release_of(wave: Wave) -> Release:
    """Return the public release of a wave.

    Raises:
        NotReleased: there is none.
    """
    release = released(wave)
    if release is None:
        raise NotReleased
    return release


def once_public(wave: Wave) -> list[Release]:
    """Return the releases of a wave that are or were public, the first one first.

    What was withdrawn has been read; disclosure control must count it in.
    """
    return list(Release.objects.filter(wave=wave, released_on__isnull=False).order_by("id"))


def released_waves() -> list[Wave]:
    """Return the waves whose results are public, the newest first."""
    return [release.wave for release in _released().order_by("-wave__year", "-wave__id")]


def _released() -> QuerySet[Release]:
    return Release.objects.select_related("wave").filter(state=Release.State.RELEASED)


def proposed(wave: Wave) -> Release | None:
    """Return the release that waits for a second person's approval."""
    return Release.objects.filter(wave=wave, state=Release.State.PROPOSED).first()


def results_of(release: Release) -> ReleasedWave:
    """Return the results that a release shows."""
    return read_released(release.results)


def earlier_releases(release: Release) -> list[ReleasedWave]:
    """Return the public results of waves of earlier years, the oldest first."""
    year = release.wave.year
    before = _released().filter(wave__year__lt=year).order_by("wave__year", "wave__id")
    return [results_of(each) for each in before]


def agency_in(results: ReleasedWave, code: str) -> ReleasedAgency:
    """Return the released results of one agency.

    Raises:
        NoSuchAgency: the release has none of that code.
    """
    for agency in results.agencies:
        if agency.code == code:
            return agency
    raise NoSuchAgency(agency=code)


@dataclass(frozen=True, slots=True)
class Trends:
    """Published scores of earlier years.

    Attributes:
        lines: the scores of one institution each, in the order of years.
        more: whether more institutions match than are listed.
    """

    lines: list[list[PublishedScore]]
    more: bool


def trends(search: str) -> Trends:
    """Return published scores per institution whose name has all words of ``search``.

    Institutions are joined over the years by their name: the source's numbers change every year.
    """
    matching = PublishedScore.objects.order_by("institution", "year")
    for word in search.split():
        matching = matching.filter(institution__icontains=word)
    names = matching.values_list("institution", flat=True).distinct()
    chosen = list(names.order_by("institution")[: SHOWN_TRENDS + 1])
    lines: dict[str, list[PublishedScore]] = defaultdict(list)
    for score in matching.filter(institution__in=chosen[:SHOWN_TRENDS]):
        lines[score.institution].append(score)
    return Trends(list(lines.values()), len(chosen) > SHOWN_TRENDS)
