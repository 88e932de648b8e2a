"""Pages of the frame."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.datastructures import MultiValueDict
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, may_see_agency, staff_of
from espi.contact.frame import files, queries
from espi.contact.frame.actions import receive_list
from espi.contact.frame.columns import COLUMNS
from espi.contact.frame.forms import UploadForm
from espi.contact.frame.models import Upload
from espi.contact.frame.spreadsheet import refuse_large
from espi.contact.frame.tasks import read_lists
from espi.design.models import Agency, Group, Wave
from espi.design.queries import current_wave
from espi.platform import audit, clock
from espi.platform.errors import Refusal

FORM_AROUND_FILE = 64 * 1024  # bytes that a form may add to its file
LOOK_AGAIN = "3"  # seconds until a browser asks again for a list that is being read


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
@csrf_exempt  # here alone: the check reads the whole body, and ``_take_upload`` makes it
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def upload(request: HttpRequest, agency_code: str, group: str) -> HttpResponse:
    """Take a list; what is longer than any list is refused before any of it is read."""
    if not may_see_agency(staff_of(request), agency_code):
        raise PermissionDenied
    if group not in Group.values:
        raise Http404
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
        refuse_large(length - FORM_AROUND_FILE)
    except Refusal as refusal:
        form = UploadForm(QueryDict(), MultiValueDict())
        form.errors.clear()  # the file is not missing: it was not read
        form.add_error("file", str(refusal))
        return _upload_page(request, agency_code, group, form, 413)
    return _take_upload(request, agency_code, group)


@csrf_protect
def _take_upload(request: HttpRequest, agency_code: str, group: str) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            waiting = receive_list(
                wave=current_wave(),
                place=(agency_code, group),
                file=form.cleaned_data["file"],
                actor=staff_of(request),
                now=clock.now(),
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            read_lists.enqueue()
            return redirect("frame:result", upload_id=waiting.pk)
    return _upload_page(request, agency_code, group, form, 422 if form.errors else 200)


def _upload_page(
    request: HttpRequest, agency_code: str, group: str, form: UploadForm, status: int
) -> HttpResponse:
    agency = get_object_or_404(Agency, code=agency_code)
    context = {"wave": current_wave(), "agency": agency, "group": Group(group), "form": form}
    return render(request, "frame/upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def result(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Show what became of the rows of a list, or that it is being read.

    A POST asks the worker once more, where its job was lost.
    """
    found = _upload(request, upload_id)
    unread = found.state in {Upload.State.WAITING, Upload.State.READING}
    if request.method == "POST":
        if unread:
            read_lists.enqueue()
        return redirect("frame:result", upload_id=found.pk)
    header, rows = queries.returned_rows(found)
    if not unread:
        audit.record(staff_of(request), "frame.look", upload=found.pk)
    context = {
        "upload": found,
        "header": header,
        "rows": rows[:100] if found.state == Upload.State.READ else [],
        "group": Group(found.group),
        "unread": unread,
        "refusal": queries.why_refused(found),
    }
    response = render(request, "frame/result.html", context)
    if unread:
        response["Refresh"] = LOOK_AGAIN
    return response


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
def returned(request: HttpRequest, upload_id: int, kind: str) -> HttpResponse:
    """Give the returned rows as a file that can be mended and uploaded again."""
    found = _upload(request, upload_id)
    if found.state != Upload.State.READ:
        raise Http404
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
    found = get_object_or_404(Upload.objects.select_related("agency", "wave"), pk=upload_id)
    if not may_see_agency(staff_of(request), found.agency.code):
        raise PermissionDenied
    return found


def _file(name: str, kind: str, header: list[str], rows: list[list[str]]) -> HttpResponse:
    if kind not in files.MIME:
        raise Http404
    response = HttpResponse(files.render(kind, header, rows), content_type=files.MIME[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
