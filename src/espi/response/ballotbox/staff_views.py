"""The page of the box, for the authority: on the public process, never on the box itself."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.design.models import Wave
from espi.platform import clock
from espi.platform.errors import Refusal
from espi.response.ballotbox.actions import close_box, release_batches
from espi.response.ballotbox.queries import box_counts, opening_of


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
def boxes(request: HttpRequest) -> HttpResponse:
    """Show what the box of each wave holds, and what came of its opening."""
    waves = [
        {"wave": wave, "counts": box_counts(wave), "opening": opening_of(wave)}
        for wave in Wave.objects.order_by("-year", "-id")
    ]
    may_act = staff_of(request).role == Role.AUTHORITY
    return render(request, "ballotbox/boxes.html", {"waves": waves, "may_act": may_act})


@require_POST
@allow(Role.AUTHORITY)
def release(request: HttpRequest, wave_code: str) -> HttpResponse:
    """Release waiting ballots wherever the minimum cell has gathered."""
    wave = get_object_or_404(Wave, code=wave_code)
    moved = release_batches(wave=wave, today=clock.today(), actor=staff_of(request))
    messages.success(request, _("%(moved)s ballots were released.") % {"moved": moved})
    return redirect("ballotbox_staff:boxes")


@require_POST
@allow(Role.AUTHORITY)
def close(request: HttpRequest, wave_code: str) -> HttpResponse:
    """Close the box of a wave; pressing twice changes nothing more."""
    wave = get_object_or_404(Wave, code=wave_code)
    try:
        close_box(wave=wave, today=clock.today(), actor=staff_of(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The box is closed."))
    return redirect("ballotbox_staff:boxes")
