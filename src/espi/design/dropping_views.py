"""The page of agencies that a wave goes on without: one person asks, another confirms."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.design import dropping
from espi.design.forms import DropForm
from espi.design.models import Agency, Wave
from espi.design.pages import wave_page
from espi.design.queries import dropped_agencies
from espi.platform import clock
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@wave_page
def dropped(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show which agencies the wave goes on without; take requests and confirmations."""
    step = request.POST.get("step", "")
    if step in {"confirm", "restore"}:
        return _decide(request, wave, step)
    form = DropForm(request.POST if request.method == "POST" else None, _choices(wave))
    if form.is_valid():
        try:
            dropping.ask_to_drop(
                wave=wave,
                agency_code=form.cleaned_data["agency"],
                reason=form.texts(),
                actor=staff_of(request),
                today=clock.today(),
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("It is asked for. A second person must confirm it."))
            return redirect("design:dropped", wave.code)
    context = {
        "wave": wave,
        "form": form,
        "requests": dropping.requests_to_drop(wave, clock.today()),
        "dropped": dropped_agencies(wave),
        "me": staff_of(request).get_username(),
        "lists_open": wave.phase == Wave.Phase.FRAMES,
        "may_ask": wave.phase not in {Wave.Phase.DESIGN, Wave.Phase.RELEASED},
    }
    return render(request, "design/dropped.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, wave: Wave, step: str) -> HttpResponse:
    """Confirm a request, or take an agency in again."""
    code, actor = request.POST.get("agency", ""), staff_of(request)
    page = redirect("design:dropped", wave.code)
    if step == "confirm" and (asked := ask_first(request, _question(page.url))) is not None:
        return asked
    try:
        if step == "confirm":
            dropping.confirm_drop(wave=wave, agency_code=code, actor=actor, today=clock.today())
            messages.success(request, _("The wave goes on without the agency."))
        else:
            dropping.restore(wave=wave, agency_code=code, actor=actor)
            messages.success(request, _("The agency is in the wave."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return page


def _question(back: str) -> Question:
    return Question(
        title=_("Go on without the agency?"),
        consequences=(
            _("Before the lists are closed: nobody of it is drawn. Afterwards: no result of it."),
            _("Everybody can read why, on the results site."),
        ),
        button=_("Go on without it"),
        back=back,
    )


def _choices(wave: Wave) -> list[tuple[str, str]]:
    gone = {dropped.agency.pk for dropped in dropped_agencies(wave)}
    agencies = Agency.objects.filter(strata__wave=wave).exclude(pk__in=gone).distinct()
    return [(agency.code, agency.name) for agency in agencies.order_by("name")]
