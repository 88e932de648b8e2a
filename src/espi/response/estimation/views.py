"""Pages of corrections and estimation runs, for the authority."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.accounts.second_step import needs_fresh_code
from espi.design.models import Wave
from espi.design.pages import wave_page
from espi.platform import audit, clock
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal
from espi.response.estimation import actions, queries
from espi.response.estimation.actions import Fact
from espi.response.estimation.forms import CorrectionForm, RunForm
from espi.response.estimation.models import Correction
from espi.response.estimation.presentation import flagged_rows, run_rows


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def runs(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show the latest run with everything it rests on; start one when the authority asks."""
    may_run = staff_of(request).role == Role.AUTHORITY
    form = RunForm(request.POST if may_run and request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.run_estimation(
                wave=wave,
                seed=form.cleaned_data["seed"],
                run_by=staff_of(request).get_username(),
                today=clock.today(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The estimation has run."))
            return redirect("estimation:runs", wave.code)
    run = queries.latest_run(wave)
    if run is not None:
        # The page shows what disclosure control may keep back, so who looked is written down.
        audit.record(staff_of(request), "estimation.look", run=run.number)
    results = queries.results_of(run) if run else None
    context = {
        "wave": wave,
        "released": wave.has_reached(Wave.Phase.RELEASED),
        "run": run,
        "results": results,
        "rows": run_rows(wave, results) if results else [],
        "flagged": flagged_rows(wave, results) if results else [],
        "form": form,
        "may_run": may_run,
    }
    return render(request, "estimation/runs.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@wave_page
def corrections(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show the corrections of a wave, and enter one."""
    form = CorrectionForm(request.POST or None, wave=wave)
    username = staff_of(request).get_username()
    if form.is_valid():
        try:
            actions.propose_correction(
                wave=wave, fact=Fact(**form.cleaned_data), author=username, today=clock.today()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Entered; another person has to approve it."))
            return redirect("estimation:corrections", wave.code)
    context = {
        "wave": wave,
        "released": wave.has_reached(Wave.Phase.RELEASED),
        "form": form,
        "corrections": queries.corrections_of(wave),
        "username": username,
    }
    status = 422 if form.errors else 200
    return render(request, "estimation/corrections.html", context, status=status)


@require_POST
@allow(Role.AUTHORITY)
@needs_fresh_code
@wave_page
def decide(request: HttpRequest, wave: Wave, correction_id: int) -> HttpResponse:
    """Approve a correction or set it aside; its author may not."""
    correction = get_object_or_404(Correction, pk=correction_id, wave=wave)
    approves = request.POST.get("decision") == "approve"
    question = Question(
        title=_("Approve this correction?") if approves else _("Set this correction aside?"),
        consequences=(
            f"{correction.agency.name}: {correction.label}, {number_format(correction.value, 1)}",
            _("The decision is final; it is in the audit log under your name."),
        ),
        button=_("Approve") if approves else _("Set aside"),
        back=reverse("estimation:corrections", args=[wave.code]),
    )
    if (page := ask_first(request, question)) is not None:
        return page
    decision = actions.approve_correction if approves else actions.refuse_correction
    try:
        decision(correction=correction, approver=staff_of(request).get_username())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The decision is recorded."))
    return redirect("estimation:corrections", wave.code)
