"""The public pages that belong to no single wave: trends, check codes, the linkage game, method."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from espi.design.models import KeyStratum, in_language
from espi.platform.middleware import POLICY
from espi.response.publication.blocks import Section
from espi.response.publication.method_sections import steps
from espi.response.publication.models import PublishedScore
from espi.response.publication.pictures import TrendPoint, trend
from espi.response.publication.queries import released_waves
from espi.response.publication.queries import trends as published_trends

LONGEST_SEARCH = 100  # characters; each word is one more condition on the database


@dataclass(frozen=True, slots=True)
class TrendLine:
    """The published scores of one institution, with the points of their picture."""

    name: str
    scores: list[PublishedScore]
    points: tuple[TrendPoint, ...]


@dataclass(frozen=True, slots=True)
class EnvelopeList:
    """A list of the names of accepted envelopes in the public record of a wave.

    Attributes:
        code: of the key stratum.
        record: address of the public record of the wave.
    """

    code: str
    label: str
    wave: str
    record: str


@require_safe
def trends(request: HttpRequest) -> HttpResponse:
    """Show published results of earlier years, one line per institution."""
    search = request.GET.get("q", "")[:LONGEST_SEARCH]
    matching = published_trends(search)
    lines = [
        TrendLine(
            name=scores[0].institution,
            scores=scores,
            points=trend([(score.year, score.index) for score in scores]),
        )
        for scores in matching.lines
    ]
    context = {"lines": lines, "more": matching.more, "search": search}
    return render(request, "publication/trends.html", context)


@require_safe
def envelope(request: HttpRequest) -> HttpResponse:
    """Let respondents look for their own envelope without telling us which one it is."""
    keys = KeyStratum.objects.exclude(public_key="").select_related("wave")
    lists = [
        EnvelopeList(
            code=key.code,
            label=in_language(key.label),
            wave=key.wave.name,
            record=f"{settings.BOX_URL}/record/{key.wave.code}",
        )
        for key in keys.order_by("-wave__year", "-wave__id", "code")
    ]
    response = render(request, "publication/envelope.html", {"lists": lists})
    # The page fetches whole lists from the box, which is another origin.
    response.headers["Content-Security-Policy"] = f"{POLICY}; connect-src 'self' {settings.BOX_URL}"
    return response


@require_safe
def game(request: HttpRequest) -> HttpResponse:
    """Let anybody try to say whose envelope is whose, with the numbers of a rehearsal."""
    return render(request, "publication/game.html", {"data": _game_file().is_file()})


@require_safe
def game_data(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Serve the numbers of the game, if a rehearsal has left some."""
    if not _game_file().is_file():
        return HttpResponse(status=404)
    return HttpResponse(_game_file().read_bytes(), content_type="application/json")


def _game_file() -> Path:
    return Path(settings.STORAGE) / "game.json"


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Say in short how the index is made; of the newest released wave, where there is one."""
    waves = released_waves()
    if waves:
        return redirect("publication:wave_method", waves[0].code)
    sections = [Section(title=_("How the index is made"), blocks=[steps()])]
    return render(request, "publication/method.html", {"sections": sections})
