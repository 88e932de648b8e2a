"""The pages of the box, for the authority: on the public process, never on the box itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.accounts.second_step import needs_fresh_code
from espi.design import closing
from espi.design.models import Wave
from espi.design.pages import wave_page
from espi.platform import clock
from espi.platform.confirming import Question, ask_first
from espi.platform.errors import Refusal
from espi.response.ballotbox.actions import close_box, release_batches
from espi.response.ballotbox.errors import BoxNotInField
from espi.response.ballotbox.opening_words import joined_lines, spoiled_lines
from espi.response.ballotbox.order import refuse_out_of_order
from espi.response.ballotbox.queries import box_counts, opening_of


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def box(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show what the box of a wave holds, and what came of its opening."""
    opening = opening_of(wave)
    context = {
        "wave": wave,
        "counts": box_counts(wave),
        "opening": opening,
        "spoiled": spoiled_lines(opening),
        "joined": joined_lines(wave, opening),
        "may_act": staff_of(request).role == Role.AUTHORITY,
    }
    return render(request, "ballotbox/box.html", context)


@require_POST
@allow(Role.AUTHORITY)
@wave_page
def release(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Release waiting ballots wherever the minimum cell has gathered."""
    question = Question(
        title=_("Release full batches?"),
        consequences=(
            _("Envelopes of strata with ten or more waiting are released together."),
            _("Those released the time before are shown on the public list, for good."),
        ),
        button=_("Release full batches"),
        back=reverse("ballotbox_staff:box", args=[wave.code]),
    )
    if (page := ask_first(request, question)) is not None:
        return page
    moved = release_batches(wave=wave, today=clock.today(), actor=staff_of(request))
    messages.success(request, _("%(moved)s ballots were released.") % {"moved": moved})
    return redirect("ballotbox_staff:box", wave_code=wave.code)


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY)
@needs_fresh_code
@wave_page
def close(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show what closing the box means; take the request, and the second person's confirmation."""
    if request.method == "POST":
        try:
            messages.success(request, _close(request, wave))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("ballotbox_staff:close", wave_code=wave.code)
    today = clock.today()
    closing_request = closing.closing_request(wave, today)
    username = staff_of(request).get_username()
    context = {
        "wave": wave,
        "in_field": wave.phase == Wave.Phase.FIELD,
        "counts": box_counts(wave),
        "refusal": _refusal(wave),
        "days_left": closing.days_left(wave, today),
        "request_waits": closing_request,
        "may_confirm": closing_request is not None and closing_request.asked_by != username,
    }
    return render(request, "ballotbox/closing.html", context)


def _refusal(wave: Wave) -> str:
    """Return why the box may not be closed now, or nothing."""
    if wave.phase != Wave.Phase.FIELD:
        return ""
    try:
        refuse_out_of_order(wave, clock.today())
    except Refusal as refusal:
        return str(refusal)
    return ""


def _close(request: HttpRequest, wave: Wave) -> str:
    """Take the step that a button of the closing page names; return the sentence for the page.

    Raises:
        Refusal: the step is not possible now, or not for this person.
    """
    actor, typed, today = staff_of(request), request.POST.get("wave", ""), clock.today()
    step = request.POST.get("step", "")
    if step == "take_back":
        closing.take_back(wave=wave, actor=actor)
        return _("The request is taken back; the wave goes on.")
    if wave.phase != Wave.Phase.FIELD:
        raise BoxNotInField(wave=wave.code)
    refuse_out_of_order(wave, today)
    if step == "confirm":
        closing.check_second_person(wave=wave, typed=typed, actor=actor, today=today)
        close_box(wave=wave, today=today, actor=actor)
        return _("The box is closed.")
    closing.ask_to_close(wave=wave, typed=typed, actor=actor, today=today)
    return _("The closing is asked for. A second person must confirm it.")
