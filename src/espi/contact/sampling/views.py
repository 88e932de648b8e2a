"""Pages of the draw."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow, may_see_agency, staff_of
from espi.accounts.second_step import needs_fresh_code
from espi.contact.sampling import actions, publishing, questions
from espi.contact.sampling.forms import DiceForm, DrawForm
from espi.contact.sampling.queries import (
    commitment_of,
    committed_roots,
    draw_of,
    plan_of_draw,
    planned,
    throws_of,
)
from espi.contact.sampling.speaking import HEADER, rows, speaking_agencies
from espi.design.models import Group, Wave
from espi.design.pages import wave_page
from espi.draw.dice import enough
from espi.platform import clock
from espi.platform.confirming import ask_first
from espi.platform.errors import Refusal
from espi.platform.tables import csv_response


@require_http_methods(["GET", "HEAD", "POST"])
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def draw(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show the plan of the draw, or the draw that was made; make it when the authority asks."""
    may_draw = staff_of(request).role == Role.AUTHORITY
    form = DrawForm(request.POST if may_draw and request.method == "POST" else None)
    if form.is_valid():
        if (page := ask_first(request, questions.draw(wave))) is not None:
            return page
        try:
            actions.draw_sample(
                wave=wave, actor=staff_of(request), now=clock.now(), **form.cleaned_data
            )
        except Refusal as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The sample has been drawn."))
            return redirect("sampling:draw", wave.code)
    return _draw_page(request, wave, form, DiceForm())


@require_POST
@allow(Role.AUTHORITY)
@needs_fresh_code
@wave_page
def commit(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Close the lists and commit to them."""
    if (page := ask_first(request, questions.commit(wave))) is not None:
        return page
    try:
        actions.commit_frame(wave=wave, actor=staff_of(request), now=clock.now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        sentence = _("The lists are closed. Have the digest noted before the seed is made.")
        messages.success(request, sentence)
    return redirect("sampling:draw", wave.code)


@require_POST
@allow(Role.AUTHORITY, Role.AUDITOR)
@needs_fresh_code
@wave_page
def dice(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Add the dice of the member of staff who is signed in."""
    staff, form = staff_of(request), DiceForm(request.POST)
    if form.is_valid():
        throws, name = form.cleaned_data["throws"], staff.get_username()
        if (page := ask_first(request, questions.dice(wave, throws))) is not None:
            return page
        try:
            actions.throw_dice(wave=wave, by=name, throws=throws, actor=staff, now=clock.now())
        except Refusal as refusal:
            form.add_error("throws", str(refusal))
        else:
            messages.success(request, _("Your dice are part of the seed."))
            return redirect("sampling:draw", wave.code)
    return _draw_page(request, wave, DrawForm(), form)


@require_POST
@allow(Role.AUTHORITY, Role.LIAISON)
@wave_page
def proof(request: HttpRequest, wave: Wave, agency_code: str) -> HttpResponse:
    """Give an agency its list as it was committed to, and nothing of the draw."""
    if not may_see_agency(staff_of(request), agency_code):
        raise PermissionDenied
    try:
        content = publishing.list_proof(wave=wave, agency_code=agency_code, actor=staff_of(request))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("frame:lists", wave.code)
    return _json(content, f"daftar-{agency_code}.json")


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
@wave_page
def speaking(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show which service areas will speak by the plan, of all agencies or of one; or as CSV."""
    agencies = speaking_agencies(wave)
    if request.GET.get("format") == "csv":
        return csv_response(f"layanan-{wave.code}.csv", HEADER, rows(agencies))
    code = request.GET.get("instansi", "")
    context = {
        "wave": wave,
        "agencies": agencies,
        "detailed": [agency for agency in agencies if agency.code == code],
    }
    return render(request, "sampling/speaking.html", context)


@require_safe
@wave_page
def roots(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Show everybody, without sign-in, what was committed to before the seed was known."""
    commitment = commitment_of(wave)
    context = {
        "wave": wave,
        "commitment": commitment,
        "agencies": committed_roots(commitment).agencies if commitment else (),
        "throws": throws_of(wave),
        "draw": draw_of(wave),
    }
    return render(request, "sampling/roots.html", context)


@require_safe
@wave_page
def roots_file(request: HttpRequest, wave: Wave) -> HttpResponse:
    """Give everybody ``roots.json``, byte for byte as it was committed to."""
    del request
    commitment = commitment_of(wave)
    if commitment is None:
        raise Http404
    return _json(commitment.document.encode(), "roots.json")


def _draw_page(
    request: HttpRequest, wave: Wave, form: DrawForm, dice_form: DiceForm
) -> HttpResponse:
    sample_draw, throws, staff = draw_of(wave), throws_of(wave), staff_of(request)
    plans = plan_of_draw(sample_draw) if sample_draw else planned(wave)
    context = {
        "wave": wave,
        "draw": sample_draw,
        "commitment": commitment_of(wave),
        "throws": throws,
        "enough": enough(throws),
        "has_thrown": staff.get_username() in {throw.by for throw in throws},
        "plans": [(plan, Group(plan.group).label) for plan in plans],
        "form": form,
        "dice_form": dice_form,
        "may_draw": staff.role == Role.AUTHORITY,
        "invited": sum(plan.invited for plan in plans),
        "population": sum(plan.population for plan in plans),
    }
    status = 422 if form.errors or dice_form.errors else 200
    return render(request, "sampling/draw.html", context, status=status)


def _json(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/json; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
