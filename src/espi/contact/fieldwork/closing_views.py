"""The page that closes fieldwork: one person asks, another confirms."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.accounts.second_step import needs_fresh_code
from espi.contact.fieldwork import actions
from espi.contact.fieldwork.errors import NotInField
from espi.contact.invitations.models import Invitation
from espi.design import closing as design_closing
from espi.design.models import Wave
from espi.design.pages import wave_page
from espi.platform import clock
from espi.platform.errors import Refusal


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@needs_fresh_code
@wave_page
def closing(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show what closing means; take the request, and the second person's confirmation."""
    if request.method == "POST":
        try:
            messages.success(request, _take_step(request, wave))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("fieldwork:closing", wave.code)
    today = clock.today()
    invitations = Invitation.objects.filter(wave=wave)
    waiting = design_closing.closing_request(wave, today)
    context = {
        "wave": wave,
        "in_field": wave.phase == Wave.Phase.FIELD,
        "finished": invitations.filter(state=Invitation.State.FINISHED).count(),
        "still_open": invitations.filter(state=Invitation.State.OPEN).count(),
        "days_left": design_closing.days_left(wave, today),
        "request_waits": waiting,
        "may_confirm": waiting is not None and waiting.asked_by != staff_of(request).get_username(),
    }
    return render(request, "fieldwork/closing.html", context)


def _take_step(request: HttpRequest, wave: Wave) -> str:
    """Do what a button asks for, and return the sentence that says so.

    The buttons are those of ``design/_closing_request.html``. A request that names none asks for
    the closing: without the wave's code, typed, it is refused.
    """
    actor, typed, today = staff_of(request), request.POST.get("wave", ""), clock.today()
    step = request.POST.get("step", "")
    if step == "take_back":
        design_closing.take_back(wave=wave, actor=actor)
        return _("The request is taken back; the wave goes on.")
    if step == "confirm":
        design_closing.check_second_person(wave=wave, typed=typed, actor=actor, today=today)
        if actions.close_fieldwork(wave=wave, actor=actor) is None:
            return _("The wave is closed; the body that runs the signer destroys its keys now.")
        return _("The wave is closed and its signing keys are destroyed.")
    if wave.phase != Wave.Phase.FIELD:
        raise NotInField(wave=wave.code)
    design_closing.ask_to_close(wave=wave, typed=typed, actor=actor, today=today)
    return _("The closing is asked for. A second person must confirm it.")
