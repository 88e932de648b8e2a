"""The public pages of a wave, made from its release alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from espi.design.models import Group, Wave, in_language
from espi.design.pages import wave_page
from espi.method.index.released import ReleasedAgency, ReleasedWave
from espi.platform.errors import Refusal
from espi.platform.tables import csv_response, workbook_response
from espi.response.publication import presentation as shown
from espi.response.publication.answer_sections import profile_blocks, quality_sections
from espi.response.publication.area_presentation import area_lists
from espi.response.publication.area_table import HEADER as AREA_HEADER
from espi.response.publication.area_table import area_rows
from espi.response.publication.auditing import audit_steps
from espi.response.publication.bundle import bundle_text
from espi.response.publication.errors import NoSuchAgency, NotReleased
from espi.response.publication.method_sections import (
    method_facts,
    method_sections,
    middle_agency,
)
from espi.response.publication.models import Release
from espi.response.publication.national_presentation import (
    category_lists,
    dot_chart,
    filtered,
    tile_map,
)
from espi.response.publication.protection import protection_of
from espi.response.publication.queries import (
    agency_in,
    release_of,
    released,
    released_waves,
    results_of,
)
from espi.response.publication.report import national_file, report_file
from espi.response.publication.sentences import agency_sentence, national_sentence
from espi.response.publication.words import specification_name

HEADER = (
    "wave", "agency", "name", "type", "index", "se", "ci_low", "ci_high", "band",
    "band_probability", "raw", "correction_conduct", "correction_facts", "internal",
    "internal_se", "external", "external_se", "expert", "expert_se", "n_internal", "n_external",
    "n_expert", "withheld", "specification", "release_sha256", "rehearsal",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class OtherWave:
    """A link to the results of another released wave."""

    name: str
    code: str


def _release_or_404(wave: Wave) -> Release:
    try:
        return release_of(wave)
    except NotReleased as refusal:
        raise Http404(str(refusal)) from None


def _agency_or_404(results: ReleasedWave, code: str) -> ReleasedAgency:
    try:
        return agency_in(results, code)
    except NoSuchAgency as refusal:
        raise Http404(str(refusal)) from None


def _provenance(release: Release, results: ReleasedWave) -> dict[str, object]:
    """Return what every page of a released wave says beside the numbers."""
    return {
        "release": release,
        "wave": release.wave,
        "method": results.method,
        "specification_name": specification_name(results.method.specification),
        "wave_name": in_language(dict(results.wave.title)),
        "minimum_cell": results.minimum_cell,
        "protection": protection_of(release),
        "other_waves": [
            OtherWave(wave.name, wave.code) for wave in released_waves() if wave != release.wave
        ],
    }


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Lead to the results of the newest released wave, or say that none are public yet."""
    waves = released_waves()
    if not waves:
        return render(request, "publication/not_released.html")
    return redirect("publication:national", waves[0].code)


@require_safe
@wave_page
def national(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show the nation: one figure, and every agency with its interval."""
    release = released(wave)
    if release is None:
        name = {"wave_name": wave.name}
        return render(request, "publication/not_released.html", name, status=404)
    results = results_of(release)
    agencies, filters = filtered(
        results, request.GET.get("jenis", ""), request.GET.get("provinsi", "")
    )
    rows, bands = shown.rows_of(results, agencies), shown.bands_of(results)
    context = _provenance(release, results) | {
        "national": results.national,
        "rows": rows,
        "filters": filters,
        "chart": dot_chart(rows, bands),
        "map": tile_map(results),
        "bands": bands,
        "scale": shown.scale_of(results),
        "dropped": shown.absent_of(results),
    }
    context |= _share_tags(request, release, _("Integrity index"), national_sentence(results))
    return render(request, "publication/national.html", context)


def _share_tags(
    request: HttpRequest, release: Release, title: str, sentence: str
) -> dict[str, object]:
    """Return what other sites show of a page that somebody shares."""
    picture = reverse("publication:national_picture", args=[release.wave.code])
    return {
        "share_title": f"{title} · {in_language(release.wave.title)}",
        "share_text": sentence,
        "share_address": request.build_absolute_uri(request.path),
        "share_image": request.build_absolute_uri(picture),
    }


@require_safe
@wave_page
def national_picture(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Serve the chart of all agencies as a picture of its own."""
    results = results_of(_release_or_404(wave))
    rows = shown.rows_of(results, results.agencies)
    chart = dot_chart(rows, shown.bands_of(results))
    context = {"chart": chart, "wave_name": in_language(dict(results.wave.title))}
    return render(request, "publication/picture.svg", context, content_type="image/svg+xml")


@require_safe
@wave_page
def categories(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show how each kind of service does in all agencies."""
    release = _release_or_404(wave)
    results = results_of(release)
    context = _provenance(release, results) | {"category_lists": category_lists(results)}
    return render(request, "publication/categories.html", context)


@require_safe
@wave_page
def agency(request: HttpRequest, wave: Wave, code: str) -> HttpResponse:
    """Show one agency with all that may be shown of it."""
    release = _release_or_404(wave)
    results = results_of(release)
    released_agency = _agency_or_404(results, code)
    scale = shown.scale_of(results)
    context = _provenance(release, results) | {
        "row": shown.row_of(released_agency, shown.bands_of(results), scale),
        "scale": scale,
        "profile": profile_blocks(released_agency, results.minimum_cell),
        "quality": quality_sections(released_agency, results.minimum_cell),
        "corrections": shown.corrections_of(results, released_agency),
        "components": shown.components_of(results, released_agency),
        "question_lists": shown.question_lists(released_agency),
        "area_lists": area_lists(results, released_agency),
        "peers": shown.peers_of(results, released_agency),
    }
    name = released_agency.name
    context |= _share_tags(request, release, name, agency_sentence(released_agency))
    return render(request, "publication/agency.html", context)


@require_safe
@wave_page
def report(request: HttpRequest, wave: Wave, code: str) -> HttpResponseBase:
    """Serve the agency's report as PDF."""
    release = _release_or_404(wave)
    return _pdf(request, code, lambda language: report_file(release, code, language))


@require_safe
@wave_page
def national_report(request: HttpRequest, wave: Wave) -> HttpResponseBase:
    """Serve the report of the nation as PDF."""
    release = _release_or_404(wave)
    return _pdf(request, wave.code, lambda language: national_file(release, language))


def _pdf(request: HttpRequest, name: str, file: Callable[[str], Path]) -> HttpResponseBase:
    """Serve a report, which is set now where it has not been set before."""
    try:
        path = file("en" if get_language() == "en" else "id")
    except NoSuchAgency as refusal:
        raise Http404(str(refusal)) from None
    except Refusal as refusal:
        return render(request, "publication/no_report.html", {"reason": str(refusal)}, status=503)
    return FileResponse(path.open("rb"), content_type="application/pdf", filename=f"{name}.pdf")


@require_safe
@wave_page
def method(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Say how the index of a wave is made, step by step, and what its numbers rest on."""
    release = _release_or_404(wave)
    results = results_of(release)
    facts = method_facts(wave, results)
    sections = method_sections(facts, middle_agency(results))
    context = _provenance(release, results) | {"sections": sections}
    return render(request, "publication/method.html", context)


@require_safe
@wave_page
def auditor(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show everything that can be checked of a wave, in order, before and after its release."""
    context = {"wave": wave, "steps": audit_steps(wave)}
    return render(request, "publication/auditor.html", context)


@require_safe
@wave_page
def index_csv(request: HttpRequest, wave: Wave) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the index table of a wave as CSV."""
    return _csv(_release_or_404(wave))


@require_safe
@wave_page
def index_xlsx(request: HttpRequest, wave: Wave) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the index table of a wave as a workbook."""
    rows = _index_rows(_release_or_404(wave))
    return workbook_response(f"indeks-{wave.code}.xlsx", HEADER, rows)


@require_safe
@wave_page
def areas_csv(request: HttpRequest, wave: Wave) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the service areas of a wave as CSV, a row per area and what was asked."""
    release = _release_or_404(wave)
    results = results_of(release)
    rows = area_rows(results, release.digest)
    return csv_response(f"service-areas-{results.wave.code}.csv", AREA_HEADER, rows)


@require_safe
@wave_page
def areas_xlsx(request: HttpRequest, wave: Wave) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the service areas of a wave as a workbook, with the rows of the CSV."""
    release = _release_or_404(wave)
    rows = area_rows(results_of(release), release.digest)
    return workbook_response(f"service-areas-{wave.code}.xlsx", AREA_HEADER, rows)


@require_safe
@wave_page
def index_json(request: HttpRequest, wave: Wave) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the release of a wave itself, with the digest that anybody can recompute."""
    return _json(_release_or_404(wave))


@require_safe
def newest_csv(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the index table of the newest released wave as CSV."""
    return _csv(_newest_or_404())


@require_safe
def newest_json(request: HttpRequest) -> HttpResponse:  # noqa: ARG001 Django's signature
    """Serve the newest release itself."""
    return _json(_newest_or_404())


@require_safe
def newest(request: HttpRequest, page: str, **names: str) -> HttpResponse:
    """Redirect an address of before waves had addresses to the newest released wave.

    Such links stand in reports and letters. The wave that is in the field is never meant, so this
    does not wait for ``to_wave``, which prefers an open wave.
    """
    query = request.META.get("QUERY_STRING", "")
    address = reverse(
        f"publication:{page}", kwargs=names | {"wave_code": _newest_or_404().wave.code}
    )
    return redirect(f"{address}?{query}" if query else address)


def _newest_or_404() -> Release:
    waves = released_waves()
    if not waves:
        raise Http404(str(NotReleased()))
    return _release_or_404(waves[0])


def _json(release: Release) -> HttpResponse:
    return HttpResponse(bundle_text(release), content_type="application/json")


def _csv(release: Release) -> HttpResponse:
    return csv_response(f"indeks-{release.wave.code}.csv", HEADER, _index_rows(release))


def _index_rows(release: Release) -> list[list[object]]:
    results = results_of(release)
    return [csv_row(release, results, agency) for agency in results.agencies]


def csv_row(release: Release, results: ReleasedWave, agency: ReleasedAgency) -> list[object]:
    """Return one line of the index table."""
    parts: list[object] = []
    for group in Group.values:
        part = agency.components.get(group)
        parts += [part.score, part.se] if part else [None, None]
    return [
        results.wave.code,
        agency.code, agency.name, agency.type,
        agency.index, agency.se, agency.ci_low, agency.ci_high,
        agency.band, agency.band_probability, agency.raw,
        *(agency.corrections.get(name, 0.0) for name in ("conduct", "facts")),
        *parts,
        *(_count(agency.n.get(group, "")) for group in Group.values),
        agency.withheld or "",
        results.method.specification,
        release.digest,
        "rehearsal" if results.rehearsal else "",
    ]  # fmt: skip


def _count(shown: str) -> int | str:
    """Return a count as a number; one that is withheld, such as ``<10``, stays as it is."""
    return int(shown) if shown.isdecimal() else shown
