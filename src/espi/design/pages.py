"""Pages about a wave: each has the wave's code at the beginning of its address."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import Resolver404, ResolverMatch, resolve
from django.views.decorators.http import require_safe

from espi.accounts.permissions import is_for_staff
from espi.design.errors import NoSuchWave, NoWave, SeveralWaves
from espi.design.models import Wave
from espi.design.queries import default_wave, every_wave, wave_named
from espi.platform.navigation import ANY_WAVE, linked_views

P = ParamSpec("P")


def wave_page(
    view: Callable[Concatenate[HttpRequest, Wave, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, ...], HttpResponseBase]:
    """Let a view take the wave that its address names, instead of the code of the wave.

    The path of the view begins with ``<slug:wave_code>/``. A code that this bank does not know is
    a page that does not exist. ``allow`` stands above: visitors who may not see the page are
    refused before the wave is looked up, so that the answer does not show which waves there are.
    """

    @wraps(view)
    def with_wave(
        request: HttpRequest, /, wave_code: str, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponseBase:
        try:
            wave = wave_named(wave_code)
        except NoSuchWave:
            # Without the sentence of the refusal: it lists the waves of this bank.
            raise Http404 from None
        return view(request, wave, *args, **kwargs)

    return with_wave


@require_safe
def to_wave(request: HttpRequest, address: str) -> HttpResponse:
    """Redirect an address without a wave to the same page of the default wave, or offer a choice.

    So links on paper, bookmarks and addresses of earlier versions go on working. It is the last
    pattern of a web process, and takes every address that no other pattern takes. For a page of
    the staff, visitors sign in first; only then do they learn which waves there are.
    """
    match = _page_at(f"/{ANY_WAVE}/{address}")
    if match is None:
        raise Http404
    for_staff = is_for_staff(match.func)
    if for_staff and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    try:
        return redirect(f"/{default_wave().code}/{address}{query}")
    except SeveralWaves:
        links = [(wave.name, f"/{wave.code}/{address}{query}") for wave in every_wave()]
        status = HTTPStatus.MULTIPLE_CHOICES
        return render(request, "design/choose_wave.html", {"links": links}, status=status)
    except NoWave as refusal:
        if not for_staff and match.view_name not in linked_views():
            raise Http404 from None
        context = {"refusal": str(refusal)}
        return render(request, "not_possible_now.html", context, status=HTTPStatus.CONFLICT)


def address_in(wave: Wave, path: str) -> str:
    """Return the address of a page in another wave, or of the nearest page above it there.

    An upload or an agency of one wave need not exist in another: whatever an address names beside
    the wave is cut off, down to a page that needs the wave alone.

    Args:
        wave: the other wave.
        path: address of a page whose first part is the code of a wave.
    """
    parts = path.strip("/").split("/")[1:]
    for length in range(len(parts), 0, -1):
        address = "/".join(["", wave.code, *parts[:length]])
        match = _page_at(address)
        if match is not None and set(match.kwargs) == {"wave_code"}:
            return address
    return "/"


def _page_at(path: str) -> ResolverMatch | None:
    """Return the page that an address leads to, if any pattern but that of ``to_wave`` takes it."""
    try:
        match = resolve(path)
    except Resolver404:
        return None
    return None if match.func is to_wave else match
