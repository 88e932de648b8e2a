"""Signing in, in two steps, and out; setting a password with a link."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from espi.accounts import actions, links, second_factor, second_step
from espi.accounts.errors import CodeRefused, LinkUsedOrOld, SignInRefused, TooManyAttempts
from espi.accounts.forms import CodeForm, NewPasswordForm, SignInForm
from espi.accounts.models import Staff
from espi.accounts.sign_in import DEVICE_LASTS, Attempt, check_password, new_device
from espi.platform import audit, clock
from espi.platform.errors import Refusal

BUSY, WRONG, GONE = 429, 422, 410


@sensitive_post_parameters()
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Show the form; check name and password, and go on to the code where the account has one."""
    form = SignInForm(request.POST if request.method == "POST" else None)
    if not form.is_valid():
        return _page(request, form, WRONG if form.errors else 200)
    device = request.COOKIES.get(settings.DEVICE_COOKIE_NAME, "")
    attempt = Attempt(form.cleaned_data["username"], form.cleaned_data["password"], device)
    try:
        staff = check_password(request, attempt, clock.now())
    except (TooManyAttempts, SignInRefused) as refusal:
        return _refused(request, form, refusal)
    if second_factor.has_second_factor(staff):
        second_step.await_code(request, staff)
        wish = urlencode({"next": request.POST.get("next", "")})
        return redirect(f"{reverse('accounts:second_step')}?{wish}")
    second_step.begin_session(request, staff)
    return _with_device(redirect(_next(request)), staff)


@sensitive_post_parameters()
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def second(request: HttpRequest) -> HttpResponse:
    """Ask for a code of the app, after the password or again while signed in."""
    staff = second_step.awaited_staff(request)
    if staff is None:
        return redirect("accounts:sign_in")
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            second_step.give_code(request, staff, form.cleaned_data["code"])
        except (TooManyAttempts, CodeRefused) as refusal:
            return _refused(request, form, refusal)
        return _with_device(redirect(_next(request)), staff)
    return _page(request, form, WRONG if form.errors else 200)


@never_cache
@csrf_protect
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """End the session."""
    if request.user.is_authenticated:
        audit.record(request.user, "accounts.sign_out")
    logout(request)
    return redirect("accounts:sign_in")


@sensitive_post_parameters()
@csrf_protect
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def by_link(request: HttpRequest, link: str) -> HttpResponse:
    """Let a person with a link set a password; opening the page uses nothing up."""
    try:
        staff = links.staff_of_link(link)
    except LinkUsedOrOld as refusal:
        refused = {"refusal": str(refusal)}
        return render(request, "not_possible_now.html", refused, status=GONE)
    form = NewPasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            actions.set_password(
                username=staff.username, password=form.cleaned_data["password"], actor=staff
            )
        except Refusal as refusal:
            form.add_error("password", str(refusal))
        else:
            messages.success(request, _("Your password is set. Sign in with it."))
            return redirect("accounts:sign_in")
    context: dict[str, object] = {"form": form, "staff": staff}
    status = WRONG if form.errors else 200
    return render(request, "accounts/by_link.html", context, status=status)


def _refused(request: HttpRequest, form: SignInForm | CodeForm, refusal: Refusal) -> HttpResponse:
    form.add_error(None, str(refusal))
    if not isinstance(refusal, TooManyAttempts):
        return _page(request, form, WRONG)
    response = _page(request, form, BUSY)
    response["Retry-After"] = str(refusal.seconds)
    return response


def _with_device(response: HttpResponse, staff: Staff) -> HttpResponse:
    """Let the browser be known at its next sign-in."""
    response.set_cookie(
        settings.DEVICE_COOKIE_NAME,
        new_device(staff.username),
        max_age=DEVICE_LASTS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
    return response


def _next(request: HttpRequest) -> str:
    """Return the page that was asked for before the sign-in, if it is one of this server's."""
    wish = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(wish, {request.get_host()}, request.is_secure())
    return wish if ours else str(settings.LOGIN_REDIRECT_URL)


def _page(request: HttpRequest, form: SignInForm | CodeForm, status: int) -> HttpResponse:
    name = "sign_in" if isinstance(form, SignInForm) else "second_step"
    context = {"form": form, "next": request.POST.get("next", request.GET.get("next", ""))}
    return render(request, f"accounts/{name}.html", context, status=status)
