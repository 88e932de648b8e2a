"""The first page of the response bank's staff: where each wave stands, and what it waits for."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from espi.accounts.models import Role
from espi.accounts.permissions import allow
from espi.design.errors import NoWave
from espi.design.queries import every_wave
from espi.design.steps import shown
from espi.response.publication.work import steps_of


@require_safe
@allow(Role.AUTHORITY, Role.AUDITOR)
def work(request: HttpRequest) -> HttpResponse:
    """Show what is done in each wave, what it waits for, and who must do it."""
    waves = [(wave, shown(steps_of(wave), wave)) for wave in every_wave()]
    context = {"waves": waves, "refusal": "" if waves else str(NoWave())}
    return render(request, "publication/work.html", context)
