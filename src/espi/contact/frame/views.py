"""Pages of the frame."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, may_see_agency, staff_of
from espi.contact.frame import files, queries
from espi.contact.frame.actions import receive_list
from espi.contact.frame.areas import area_counts, template_of
from espi.contact.frame.files import ListTable
from espi.contact.frame.forms import UploadForm
from espi.contact.frame.models import Upload
from espi.contact.frame.queries import ListName
from espi.contact.frame.tasks import read_lists
from espi.design.models import Agency, Group, Wave
from espi.design.pages import wave_page
from espi.platform import audit, clock
from espi.platform.errors import Refusal

LOOK_AGAIN = "3"  # seconds until a browser asks again for a list that is being read
ROWS_SHOWN = 100  # returned rows on a page; the file has all of them


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def lists(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show the population lists of a wave: to a liaison those of the own agency, to others all."""
    staff = staff_of(request)
    may_prove = staff.role != Role.CONTRACTOR and wave.has_reached(Wave.Phase.COMMITTED)
    states = queries.lists_of(wave, staff.agency_code)
    context = {"wave": wave, "lists": states, "may_prove": may_prove}
    return render(request, "frame/lists.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def upload(request: HttpRequest, wave: Wave, agency_code: str, group: str) -> HttpResponse:
    """Store a list for the worker to read.

    A request that is longer than any list never comes here: the front (``espi.site.front``)
    answers it before a thread is taken, and it alone sees a body whose length nobody declared.
    """
    if not may_see_agency(staff_of(request), agency_code):
        raise PermissionDenied
    if group not in Group.values:
        raise Http404
    name = ListName(wave, agency_code, group)
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        try:
            waiting = receive_list(
                name=name,
                file=form.cleaned_data["file"],
                actor=staff_of(request),
                now=clock.now(),
            )
        except Refusal as refusal:
            form.add_error("file", str(refusal))
        else:
            read_lists.enqueue()
            return redirect("frame:result", wave.code, waiting.pk)
    return _upload_page(request, name, form)


def _upload_page(request: HttpRequest, name: ListName, form: UploadForm) -> HttpResponse:
    agency = get_object_or_404(Agency, code=name.agency_code)
    context = {"wave": name.wave, "agency": agency, "group": Group(name.group), "form": form}
    status = 422 if form.errors else 200
    return render(request, "frame/upload.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def result(request: HttpRequest, wave: Wave, upload_id: int) -> HttpResponse:
    """Show what became of the rows of a list, or that it is being read.

    A POST queues the reading once more: a job can be lost, and the list would wait for ever.
    """
    uploaded = _upload(request, wave, upload_id)
    unread = uploaded.state in {Upload.State.WAITING, Upload.State.READING}
    if request.method == "POST":
        if unread:
            read_lists.enqueue()
        return redirect("frame:result", wave.code, uploaded.pk)
    table = queries.returned_rows(uploaded)
    if not unread:
        audit.record(staff_of(request), "frame.look", upload=uploaded.pk)
    context = {
        "wave": wave,
        "upload": uploaded,
        "header": table.header,
        "rows": table.rows[:ROWS_SHOWN] if uploaded.state == Upload.State.READ else (),
        "rows_shown": ROWS_SHOWN,
        "group": Group(uploaded.group),
        "unread": unread,
        "refusal": queries.refusal_sentence(uploaded),
    }
    response = render(request, "frame/result.html", context)
    if unread:
        response["Refresh"] = LOOK_AGAIN
    return response


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def returned(request: HttpRequest, wave: Wave, upload_id: int, kind: str) -> HttpResponse:
    """Give the returned rows as a file that can be mended and uploaded again."""
    uploaded = _upload(request, wave, upload_id)
    if uploaded.state != Upload.State.READ:
        raise Http404
    table = queries.returned_rows(uploaded)
    audit.record(staff_of(request), "frame.download", upload=uploaded.pk, kind=kind)
    return _file(f"dikembalikan-{uploaded.agency.code}-{uploaded.group}", kind, table)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def template(request: HttpRequest, wave: Wave, kind: str) -> HttpResponse:
    """Give an empty list with the columns and one example; it is the same in every wave."""
    del request, wave
    return _file("templat-daftar-populasi", kind, queries.TEMPLATE)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def areas(request: HttpRequest, wave: Wave, agency_code: str, group: str) -> HttpResponse:
    """Show how many people of a list each service area has."""
    name = _list(request, ListName(wave, agency_code, group))
    context = {
        "wave": wave,
        "agency": get_object_or_404(Agency, code=agency_code),
        "group": Group(group),
        "counts": area_counts(name),
    }
    return render(request, "frame/areas.html", context)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON)
@wave_page
def template_of_list(
    request: HttpRequest, wave: Wave, agency_code: str, group: str, kind: str
) -> HttpResponse:
    """Give an empty list of an agency and group that names the services it may use."""
    name = _list(request, ListName(wave, agency_code, group))
    return _file(f"templat-{agency_code}-{group}", kind, template_of(name))


def _list(request: HttpRequest, name: ListName) -> ListName:
    """Return the name of a list that the visitor may see, as the page that uploads it does."""
    if not may_see_agency(staff_of(request), name.agency_code):
        raise PermissionDenied
    get_object_or_404(Agency, code=name.agency_code)
    if name.group not in Group.values:
        raise Http404
    return name


def _upload(request: HttpRequest, wave: Wave, upload_id: int) -> Upload:
    """Return an upload of the wave, unless it is of an agency that the visitor may not see."""
    uploads = Upload.objects.filter(wave=wave).select_related("agency")
    uploaded = get_object_or_404(uploads, pk=upload_id)
    if not may_see_agency(staff_of(request), uploaded.agency.code):
        raise PermissionDenied
    return uploaded


def _file(name: str, kind: str, table: ListTable) -> HttpResponse:
    if kind not in files.MIME:
        raise Http404
    response = HttpResponse(files.render(kind, table), content_type=files.MIME[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response
