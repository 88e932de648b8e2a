"""The page of a wave's design: its public facts, and the step from design to the next phase."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.design.actions import begin
from espi.design.models import Wave
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal


@require_safe
@allow(Role.AUTHORITY, Role.CONTRACTOR, Role.AUDITOR)
def waves(request: HttpRequest) -> HttpResponse:
    """Show the design of every wave in this bank."""
    designs = Wave.objects.select_related("specification").prefetch_related(
        "instruments", "strata__agency", "key_strata"
    )
    may_act = staff_of(request).role == Role.AUTHORITY
    context = {"waves": designs.order_by("-year", "-id"), "may_act": may_act}
    return render(request, "design/waves.html", context)


@require_POST
@allow(Role.AUTHORITY)
def start(request: HttpRequest, wave_code: str) -> HttpResponse:
    """End the design of a wave; a second press changes nothing."""
    wave = get_object_or_404(Wave, code=wave_code)
    question = Question(
        title=_("Settle the design?"),
        consequences=(
            _("Strata, questionnaires and the index specification no longer change."),
            _("The wave goes on to its next phase and does not come back."),
        ),
        button=_("Settle the design"),
        back=reverse("design:waves"),
    )
    if (page := ask_first(request, question)) is not None:
        return page
    try:
        begin(wave=wave, actor=staff_of(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The design is settled; the wave goes on."))
    return redirect("design:waves")
