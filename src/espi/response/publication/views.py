"""The public pages: made from a release, or from what others published."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from espi.design.models import Group, KeyStratum, in_language
from espi.platform.errors import Refusal
from espi.platform.middleware import POLICY
from espi.platform.tables import csv_response
from espi.response.publication import presentation as shown
from espi.response.publication.bundle import bundle_text
from espi.response.publication.errors import NoSuchAgency, NotReleased
from espi.response.publication.models import Release
from espi.response.publication.pictures import trend
from espi.response.publication.protection import protection_of
from espi.response.publication.queries import agency_in, latest_released
from espi.response.publication.queries import trends as published_trends
from espi.response.publication.report import report_file

HEADER = (
    "wave", "agency", "name", "type", "index", "se", "ci_low", "ci_high", "band",
    "band_probability", "raw", "correction_conduct", "correction_facts", "internal",
    "internal_se", "external", "external_se", "expert", "expert_se", "n_internal", "n_external",
    "n_expert", "withheld", "specification", "release_sha256", "rehearsal",
)  # fmt: skip


def _out() -> Release:
    try:
        return latest_released()
    except NotReleased as refusal:
        raise Http404(str(refusal)) from None


def _agency(release: Release, code: str) -> dict[str, Any]:
    try:
        return agency_in(release, code)
    except NoSuchAgency as refusal:
        raise Http404(str(refusal)) from None


def _provenance(release: Release) -> dict[str, Any]:
    return {
        "release": release,
        "method": release.results["method"],
        "wave_name": in_language(release.results["wave"]["title"]),
        "minimum_cell": release.results["minimum_cell"],
        "protection": protection_of(release),
    }


@require_safe
def national(request: HttpRequest) -> HttpResponse:
    """Show the nation: one figure, and every agency with its interval."""
    try:
        release = latest_released()
    except NotReleased:
        return render(request, "publication/not_released.html")
    context = _provenance(release) | {
        "national": release.results["national"],
        "rows": shown.rows_of(release),
        "bands": shown.bands_of(release),
        "scale": shown.scale_of(release),
    }
    return render(request, "publication/national.html", context)


@require_safe
def agency(request: HttpRequest, code: str) -> HttpResponse:
    """Show one agency with all that may be shown of it."""
    release = _out()
    facts = _agency(release, code)
    scale = shown.scale_of(release)
    context = _provenance(release) | {
        "row": shown.row_of(facts, shown.bands_of(release), scale),
        "scale": scale,
        "corrections": shown.corrections_of(release, facts),
        "components": shown.components_of(release, facts),
        "questions": shown.questions_of(facts),
        "areas": shown.areas_of(facts),
    }
    return render(request, "publication/agency.html", context)


@require_safe
def report(request: HttpRequest, code: str) -> HttpResponseBase:
    """Hand out the agency's report as PDF."""
    release = _out()
    facts = _agency(release, code)
    try:
        path = report_file(release, facts["code"], "en" if get_language() == "en" else "id")
    except Refusal as refusal:
        return render(request, "publication/no_report.html", {"reason": str(refusal)}, status=503)
    return FileResponse(
        path.open("rb"), content_type="application/pdf", filename=f"{facts['code']}.pdf"
    )


@require_safe
def index_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Hand out the index table as CSV."""
    release = _out()
    rows = [csv_row(release, agency) for agency in release.results["agencies"]]
    return csv_response(f"indeks-{release.results['wave']['code']}.csv", HEADER, rows)


def csv_row(release: Release, agency: dict[str, Any]) -> list[object]:
    """Return one line of the index table."""
    parts: list[object] = []
    for group in Group.values:
        part = agency["components"].get(group, {})
        parts += [part.get("score"), part.get("se")]
    return [
        release.results["wave"]["code"],
        *(agency[name] for name in ("code", "name", "type", "index", "se", "ci_low", "ci_high")),
        *(agency[name] for name in ("band", "band_probability", "raw")),
        *(agency["corrections"].get(name, 0.0) for name in ("conduct", "facts")),
        *parts,
        *(agency["n"].get(group, "") for group in Group.values),
        agency["withheld"] or "",
        release.results["method"]["specification"],
        release.digest,
        "rehearsal" if release.results["rehearsal"] else "",
    ]


@require_safe
def index_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Hand out the release itself, with the digest that anybody can recompute."""
    release = _out()
    return HttpResponse(bundle_text(release), content_type="application/json")


@require_safe
def trends(request: HttpRequest) -> HttpResponse:
    """Show published results of earlier years, one line per institution."""
    search = request.GET.get("q", "")[:100]
    found, more = published_trends(search)
    lines = [
        {"name": scores[0].institution, "scores": scores,
         "points": trend([(score.year, score.index) for score in scores])}
        for scores in found
    ]  # fmt: skip
    context = {"lines": lines, "more": more, "search": search}
    return render(request, "publication/trends.html", context)


@require_safe
def envelope(request: HttpRequest) -> HttpResponse:
    """Let a respondent look for the own envelope without telling us which it is."""
    keys = KeyStratum.objects.exclude(public_key="").select_related("wave")
    lists = [
        {
            "code": key.code,
            "label": in_language(key.label),
            "wave": key.wave.name,
            "record": f"{settings.BOX_URL}/record/{key.wave.code}",
        }
        for key in keys.order_by("-wave__year", "-wave__id", "code")
    ]
    response = render(request, "publication/envelope.html", {"lists": lists})
    response.headers["Content-Security-Policy"] = f"{POLICY}; connect-src 'self' {settings.BOX_URL}"
    return response


@require_safe
def game(request: HttpRequest) -> HttpResponse:
    """Let anybody try to say whose envelope is whose, with the numbers of a rehearsal."""
    return render(request, "publication/game.html", {"data": _game_file().is_file()})


@require_safe
def game_data(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 the same for everybody
    """Hand out the numbers of the game, if a rehearsal has left some."""
    if not _game_file().is_file():
        return HttpResponse(status=404)
    return HttpResponse(_game_file().read_bytes(), content_type="application/json")


def _game_file() -> Path:
    return Path(settings.STORAGE) / "game.json"


@require_safe
def method(request: HttpRequest) -> HttpResponse:
    """Say in short how the index is made."""
    try:
        context = _provenance(latest_released())
    except NotReleased:
        context = {}
    return render(request, "publication/method.html", context)
