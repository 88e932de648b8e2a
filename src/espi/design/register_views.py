"""Pages of the register of service areas: its versions, the areas of an agency, and changes.

The contact bank changes it; the response bank takes it over from a file and shows it.
"""

from __future__ import annotations

from collections import Counter

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.design.forms import AreaForm, RegisterForm
from espi.design.models import Agency, Wave
from espi.design.pages import wave_page
from espi.design.register import COLUMNS, FILE, ServiceRow, refuse_contradictions
from espi.design.register_versions import (
    cells_of,
    changes_of,
    newest_version,
    replace_register,
    row_of,
    rows_in,
)
from espi.design.services import service_areas
from espi.platform import clock
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal
from espi.platform.tables import csv_response

LARGEST = 20 * 1024 * 1024  # bytes of an uploaded register: that of a whole nation takes two


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def register(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show the versions and the agencies; take a whole register as a file."""
    form = RegisterForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        _refuse_reader(request)
        if form.is_valid():
            try:
                _take(request, wave, form)
            except Refusal as refusal:
                form.add_error("file", str(refusal))
            else:
                return redirect("design:register", wave.code)
    counts = Counter(area.agency_id for area in service_areas(wave))
    agencies = Agency.objects.filter(strata__wave=wave).distinct().order_by("name")
    context = {
        "wave": wave,
        "versions": wave.register_versions.order_by("-number"),
        "agencies": [(agency, counts[agency.pk]) for agency in agencies],
        "form": form,
        "may_change": _may_change(request),
    }
    return render(request, "design/register.html", context, status=422 if form.errors else 200)


def _take(request: HttpRequest, wave: Wave, form: RegisterForm) -> None:
    file = form.cleaned_data["file"]
    text = file.read(LARGEST).decode("utf-8", "replace")
    _replace(request, wave, rows_in(text, wave))


def _replace(request: HttpRequest, wave: Wave, rows: tuple[ServiceRow, ...]) -> None:
    actor = staff_of(request)
    version = replace_register(wave=wave, rows=rows, actor=actor, today=clock.today())
    if version is None:
        messages.info(request, _("The register is the same; nothing was changed."))
    else:
        messages.success(request, _("Kept as version %(n)s.") % {"n": version.number})


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def register_file(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Give the register as a file that can be changed and uploaded again."""
    del request
    rows = (cells_of(row_of(area)) for area in service_areas(wave))
    return csv_response(f"{wave.code}-{FILE}", COLUMNS, rows)


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def version(request: HttpRequest, wave: Wave, number: int) -> HttpResponse:
    """Show what a version changed of the one before it."""
    shown = get_object_or_404(wave.register_versions, number=number)
    changes = [
        (
            change,
            cells_of(change.before) if change.before else None,
            cells_of(change.after) if change.after else None,
        )
        for change in changes_of(shown)
    ]
    context = {"wave": wave, "version": shown, "changes": changes, "columns": COLUMNS}
    return render(request, "design/register_version.html", context)


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def agency(request: HttpRequest, wave: Wave, agency_code: str) -> HttpResponse:
    """Show the service areas of an agency."""
    context = {
        "wave": wave,
        "agency": _agency(wave, agency_code),
        "areas": [area for area in service_areas(wave) if area.agency.code == agency_code],
        "version": newest_version(wave),
        "may_change": _may_change(request),
        "may_add": _may_change(request) and wave.phase in {Wave.Phase.DESIGN, Wave.Phase.FRAMES},
        "may_remove": wave.phase == Wave.Phase.DESIGN,
    }
    return render(request, "design/register_agency.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def area(request: HttpRequest, wave: Wave, agency_code: str, area_code: str = "") -> HttpResponse:
    """Show the form of a service area, or of a new one; keep what was changed as a version."""
    _refuse_reader(request)
    assessed = _agency(wave, agency_code)
    areas = service_areas(wave)
    mine = [a for a in areas if (a.agency.code, a.code) == (agency_code, area_code)]
    if area_code and not mine:
        raise Http404
    form = (
        AreaForm(request.POST)
        if request.method == "POST"
        else (AreaForm.of(mine[0]) if mine else AreaForm())
    )
    if request.method == "POST" and form.is_valid():
        others = [row_of(a) for a in areas if a not in mine]
        rows = (*others, form.row(agency_code))
        try:
            refuse_contradictions(rows)
            _replace(request, wave, rows)
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("design:register_agency", wave.code, agency_code)
    context = {"wave": wave, "agency": assessed, "area": mine[0] if mine else None, "form": form}
    return render(request, "design/register_area.html", context, status=422 if form.errors else 200)


@require_POST
@allow(Role.AUTHORITY)
@wave_page
def remove(request: HttpRequest, wave: Wave, agency_code: str, area_code: str) -> HttpResponse:
    """Remove a service area from the register, as a new version."""
    _refuse_reader(request)
    back = redirect("design:register_agency", wave.code, agency_code)
    question = Question(
        title=_("Remove the service area?"),
        consequences=(_("Lists that name it come back. Earlier versions keep it."),),
        button=_("Remove it"),
        back=back.url,
    )
    if (page := ask_first(request, question)) is not None:
        return page
    rows = tuple(
        row_of(a)
        for a in service_areas(wave)
        if (a.agency.code, a.code) != (agency_code, area_code)
    )
    try:
        _replace(request, wave, rows)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return back


def _may_change(request: HttpRequest) -> bool:
    """Say whether the visitor may change the register: in the contact bank, the authority."""
    return bool(settings.TAKES_LISTS) and staff_of(request).role == Role.AUTHORITY


def _refuse_reader(request: HttpRequest) -> None:
    if not _may_change(request):
        raise PermissionDenied


def _agency(wave: Wave, code: str) -> Agency:
    return get_object_or_404(Agency.objects.filter(strata__wave=wave).distinct(), code=code)
