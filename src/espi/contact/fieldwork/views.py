"""The wave at a glance, and its progress."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.contact.dispatch.queries import in_words
from espi.contact.fieldwork import queries
from espi.contact.fieldwork.snapshots import snapshots_of
from espi.design.errors import NoWave
from espi.design.models import Agency, Group, Wave
from espi.design.pages import wave_page
from espi.design.queries import current_wave
from espi.platform import audit, clock
from espi.platform.tables import csv_response

NEXT = {
    "design": "/kerangka",
    "frames": "/kerangka",
    "committed": "/penarikan",
    "drawn": "/undangan",
    "field": "/kemajuan",
}


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON, Role.AUDITOR)
def home(request: HttpRequest) -> HttpResponse:
    """Show where the wave stands and what comes next."""
    try:
        wave = current_wave()
    except NoWave as refusal:
        return render(request, "fieldwork/home.html", {"refusal": str(refusal)})
    step = "/kerangka" if staff_of(request).role == Role.LIAISON else NEXT.get(wave.phase, "")
    if wave.phase == Wave.Phase.FIELD:
        step = "/kemajuan"
    phases = [
        (label, wave.phase == phase, wave.has_reached(phase))
        for phase, label in Wave.Phase.choices[:6]
    ]
    context = {"wave": wave, "step": step, "phases": phases}
    return render(request, "fieldwork/home.html", context)


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.LIAISON, Role.AUDITOR)
@wave_page
def progress(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show how far fieldwork has come; a liaison sees no count, only the own agency's steps."""
    staff = staff_of(request)
    if staff.role == Role.LIAISON:
        return _coarse_progress(request, wave, staff.agency_code)
    table = [
        [
            row.agency_name,
            row.group_name,
            *row.cells,
            row.shown_rate,
        ]
        for row in queries.rows(wave)
    ]
    if request.GET.get("format") == "csv":
        audit.record(staff, "fieldwork.download", wave=wave.code)
        header = [
            _("Assessed agency"), _("Group"), _("Invited"), _("Delivered"), _("Read"),
            _("Finished"), _("Response rate (AAPOR RR1) in percent"),
        ]  # fmt: skip
        return csv_response(f"kemajuan-{wave.code}.csv", header, table)
    totals = queries.progress(wave)
    totals["messages"] = in_words(totals["messages"])
    context = {"wave": wave, "table": table, "totals": totals, "days": queries.by_day(wave)}
    return render(request, "fieldwork/progress.html", context)


def _coarse_progress(request: HttpRequest, wave: Wave, agency_code: str) -> HttpResponse:
    """Show a liaison what was fixed for today: a lower bound per group, in steps."""
    groups = dict(Group.choices)
    shown = snapshots_of(wave=wave, agency_code=agency_code, today=clock.today())
    table = [(str(groups[one.group]), one.percent) for one in shown]
    if request.GET.get("format") == "csv":
        audit.record(staff_of(request), "fieldwork.download", wave=wave.code, agency=agency_code)
        header = [_("Group"), _("At least so much of the target, in percent")]
        rows = [(group, "" if percent is None else percent) for group, percent in table]
        return csv_response(f"kemajuan-{wave.code}.csv", header, rows)
    agency = Agency.objects.filter(code=agency_code).first()
    context = {"wave": wave, "table": table, "agency": agency}
    return render(request, "fieldwork/coarse_progress.html", context)
