"""Pages about a wave: each has the wave's code at the beginning of its address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.views.decorators.http import require_safe

from espi.design.errors import NoSuchWave, NoWave, SeveralWaves
from espi.design.models import Wave
from espi.design.queries import default_wave, every_wave, wave_named
from espi.platform.navigation import ANY_WAVE

P = ParamSpec("P")


def wave_page(
    view: Callable[Concatenate[HttpRequest, Wave, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Let a view take the wave that its address names, instead of its code.

    The path of the view begins with ``<slug:wave_code>/``. A code that this bank does not know is
    a page that does not exist. Stands below ``allow``: who may not see the page does not learn
    which waves there are.
    """

    @wraps(view)
    def with_wave(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        try:
            wave = wave_named(str(kwargs.pop("wave_code")))
        except NoSuchWave as refusal:
            raise Http404(str(refusal)) from None
        return view(request, wave, *args, **kwargs)

    return with_wave  # type: ignore[return-value] # the same, but for the name of the first argument


@require_safe
def to_wave(request: HttpRequest, address: str) -> HttpResponse:
    """Lead an address without a wave to the same page of the default wave, or let people choose.

    So links on paper, bookmarks and addresses of earlier versions go on working. It is the last
    pattern of a web process. Whether the visitor may see the page, the page itself decides.
    """
    waves = every_wave()
    candidates = [wave for wave in waves if _exists(f"/{wave.code}/{address}")]
    if not waves and _exists(f"/{ANY_WAVE}/{address}"):  # the navigation links here before a wave
        refusal = {"refusal": str(NoWave())}
        return render(request, "not_possible_now.html", refusal, status=HTTPStatus.CONFLICT)
    if not candidates:
        raise Http404
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    try:
        code = default_wave().code
    except (NoWave, SeveralWaves):
        links = [(wave.name, f"/{wave.code}/{address}{query}") for wave in candidates]
        context = {"links": links}
        return render(
            request, "design/choose_wave.html", context, status=HTTPStatus.MULTIPLE_CHOICES
        )
    return redirect(f"/{code}/{address}{query}")


def _exists(path: str) -> bool:
    """Say whether an address is one of a page, and not of ``to_wave`` itself."""
    try:
        return resolve(path).func is not to_wave
    except Resolver404:
        return False
