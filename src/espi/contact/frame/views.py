"""Pages of the frame."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, may_see_agency, staff_of
from espi.contact.frame import files, queries
from espi.contact.frame.actions import Delivery, import_list
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.forms import UploadForm
from espi.contact.frame.models import Upload
from espi.design.models import Agency, Group, Wave
from espi.design.queries import current_wave
from espi.platform import audit, clock
from espi.platform.errors import Refusal


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def lists(request: HttpRequest) -> HttpResponse:
    """Show the population lists: a liaison the own agency's, the others all."""
    wave = current_wave()
    staff = staff_of(request)
    may_prove = staff.role != Role.CONTRACTOR and wave.has_reached(Wave.Phase.COMMITTED)
    states = queries.lists_of(wave, staff.agency_code)
    context = {"wave": wave, "lists": states, "may_prove": may_prove}
    return render(request, "frame/lists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def upload(request: HttpRequest, agency_code: str, group: str) -> HttpResponse:
    """Take a list in, and say what became of it."""
    if not may_see_agency(staff_of(request), agency_code):
        raise PermissionDenied
    if group not in Group.values:
        raise Http404
    wave, agency = current_wave(), get_object_or_404(Agency, code=agency_code)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        delivery = Delivery(agency_code, group, file.name, file.read())
        try:
            done = import_list(
                wave=wave, delivery=delivery, actor=staff_of(request), now=clock.now()
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            messages.success(request, _("The list was read; here is what became of its rows."))
            return redirect("frame:result", upload_id=done.pk)
    context = {"wave": wave, "agency": agency, "group": Group(group), "form": form}
    status = 422 if form.errors else 200
    return render(request, "frame/upload.html", context, status=status)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def result(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show what became of the rows of a list."""
    found = _upload(request, upload_id)
    header, rows = queries.returned_rows(found)
    audit.record(staff_of(request), "frame.look", upload=found.pk)
    context = {"upload": found, "header": header, "rows": rows[:100], "group": Group(found.group)}
    return render(request, "frame/result.html", context)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def returned(request: HttpRequest, upload_id: int, kind: str) -> HttpResponse:
    """Give the returned rows as a file that can be mended and uploaded again."""
    found = _upload(request, upload_id)
    header, rows = queries.returned_rows(found)
    audit.record(staff_of(request), "frame.download", upload=found.pk, kind=kind)
    return _file(f"dikembalikan-{found.agency.code}-{found.group}", kind, header, rows)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """Give an empty list with the columns and one example."""
    del request
    example = [queries.TEMPLATE_EXAMPLE[name] for name in COLUMNS]
    return _file("templat-daftar-populasi", kind, list(COLUMNS), [example])


def _upload(request: HttpRequest, upload_id: int) -> Upload:
    found = get_object_or_404(Upload.objects.select_related("agency"), pk=upload_id)
    if not may_see_agency(staff_of(request), found.agency.code):
        raise PermissionDenied
    return found


def _file(name: str, kind: str, header: list[str], rows: list[list[str]]) -> HttpResponse:
    if kind not in files.MIME:
        raise Http404
    response = HttpResponse(files.render(kind, header, rows), content_type=files.MIME[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
