"""The first page of the registry, and the progress of a wave."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.contact.dispatch.queries import in_words
from espi.contact.fieldwork import queries
from espi.contact.fieldwork.overview import status_of
from espi.contact.fieldwork.snapshots import snapshots_of
from espi.contact.fieldwork.summary import counts_by_day
from espi.design.errors import NoWave
from espi.design.models import Agency, Group, Wave
from espi.design.pages import wave_page
from espi.design.queries import every_wave
from espi.platform import audit, clock
from espi.platform.tables import csv_response, workbook_response

FILES = ("csv", "xlsx")  # what ?format= gives, beside the page


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON, Role.AUDITOR)
def home(request: HttpRequest) -> HttpResponse:
    """Show where each wave stands, and on which page its work goes on."""
    role = staff_of(request).role
    today = clock.today()
    waves = [status_of(wave, role, today) for wave in every_wave()]
    context = {"waves": waves, "refusal": "" if waves else str(NoWave())}
    return render(request, "fieldwork/home.html", context)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON, Role.AUDITOR)
@wave_page
def progress(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show how far fieldwork has come; a liaison sees no count, only the own agency's steps."""
    staff = staff_of(request)
    if staff.role == Role.LIAISON:
        return _coarse_progress(request, wave, staff.agency_code)
    rows = queries.rows(wave)
    if request.GET.get("format") in FILES:
        audit.record(staff, "fieldwork.download", wave=wave.code)
        header = [
            _("Assessed agency"), _("Group"), _("Invited"), _("Delivered"), _("Read"),
            _("Finished"), _("Response rate (AAPOR RR1) in percent"),
        ]  # fmt: skip
        numbers = [[row.agency_name, row.group_name, *row.cells, row.rounded_rate] for row in rows]
        return _file(request, wave, header, numbers)
    table = [[row.agency_name, row.group_name, *row.cells, row.shown_rate] for row in rows]
    counts = queries.progress(wave)
    context = {
        "wave": wave,
        "invited": counts.invited,
        "finished": counts.finished,
        "messages_by_channel": in_words(counts.messages),
        "table": table,
        "days": counts_by_day(wave),
    }
    return render(request, "fieldwork/progress.html", context)


def _file(
    request: HttpRequest, wave: Wave, header: Sequence[str], rows: Sequence[Sequence[object]]
) -> HttpResponse:
    """Return a table as the kind of file that was asked for."""
    kind = request.GET.get("format")
    respond = workbook_response if kind == "xlsx" else csv_response
    return respond(f"kemajuan-{wave.code}.{kind}", header, rows)


def _coarse_progress(request: HttpRequest, wave: Wave, agency_code: str) -> HttpResponse:
    """Show a liaison what was fixed for today: a lower bound per group, in steps."""
    groups = dict(Group.choices)
    snapshots = snapshots_of(wave=wave, agency_code=agency_code, today=clock.today())
    table = [(str(groups[snapshot.group]), snapshot.percent) for snapshot in snapshots]
    if request.GET.get("format") in FILES:
        audit.record(staff_of(request), "fieldwork.download", wave=wave.code, agency=agency_code)
        header = [_("Group"), _("At least so much of the target, in percent")]
        rows = [(group, "" if percent is None else percent) for group, percent in table]
        return _file(request, wave, header, rows)
    agency = Agency.objects.filter(code=agency_code).first()
    context = {"wave": wave, "table": table, "agency": agency}
    return render(request, "fieldwork/coarse_progress.html", context)
