"""Signing in and out."""

from __future__ import annotations

import time

from django.conf import settings
from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from espi.accounts.errors import SignInRefused, TooManyAttempts
from espi.accounts.forms import SignInForm
from espi.accounts.middleware import SIGNED_IN_AT
from espi.accounts.sign_in import DEVICE_LASTS, Attempt, new_device, sign_in
from espi.platform import audit, clock

BUSY, WRONG = 429, 422


@sensitive_post_parameters()
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Show the form; sign a member of staff in, with a session of a new key."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, WRONG if form.errors else 200)
    device = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    attempt = Attempt(form.cleaned_data["username"], form.cleaned_data["password"], device)
    try:
        staff = sign_in(request, attempt, clock.now())
    except TooManyAttempts as refusal:
        form.add_error(None, str(refusal))
        response = _page(request, form, BUSY)
        response["Retry-After"] = str(refusal.seconds)
        return response
    except SignInRefused as refusal:
        form.add_error(None, str(refusal))
        return _page(request, form, WRONG)
    login(request, staff)
    request.session[SIGNED_IN_AT] = int(time.time())
    request.session.clear_expired()
    response = redirect(_next(request))
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        new_device(staff.username),
        max_age=DEVICE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


@never_cache
@csrf_protect
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        audit.record(request.user, "accounts.sign_out")
    logout(request)
    return redirect("accounts:sign_in")


def _next(request: HttpRequest) -> str:
    """Return the page that was asked for before the sign-in, if it is one of this server's."""
    wish = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wish, {request.get_host()}, request.is_secure())
    return wish if ours else str(settings.LOGIN_REDIRECT_URL)


def _page(request: HttpRequest, form: SignInForm, status: int) -> HttpResponse:
    wish = request.POST.get("next", request.GET.get("next", ""))
    context = {"form": form, "next": wish}
    return render(request, "accounts/sign_in.html", context, status=status)
