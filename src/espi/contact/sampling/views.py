"""Pages of the draw."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from espi.accounts.models import Role
from espi.accounts.permissions import allow, staff_of
from espi.contact.sampling.actions import draw_sample
from espi.contact.sampling.forms import DrawForm
from espi.contact.sampling.queries import draw_of, planned
from espi.design.queries import current_wave
from espi.platform import clock
from espi.platform.errors import Refusal


@require_http_methods(["GET", "POST"])
@allow(Role.AUTHORITY, Role.AUDITOR)
def draw(request: HttpRequest) -> HttpResponse:
    """Show the plan of the draw, or the draw that was made; make it when the authority asks."""
    wave = current_wave()
    may_draw = staff_of(request).role == Role.AUTHORITY
    form = DrawForm(request.POST if may_draw and request.method == "POST" else None)
    if form.is_valid():
        try:
            draw_sample(
                wave=wave, seed=form.cleaned_data["seed"], actor=staff_of(request), now=clock.now()
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The sample has been drawn."))
            return redirect("sampling:draw")
    made = draw_of(wave)
    rows = made.plan if made else [plan.plain() for plan in planned(wave)]
    context = {
        "wave": wave,
        "draw": made,
        "rows": rows,
        "form": form,
        "may_draw": may_draw,
        "invited": sum(row["invited"] for row in rows),
        "population": sum(row["population"] for row in rows),
    }
    return render(request, "sampling/draw.html", context, status=422 if form.errors else 200)
