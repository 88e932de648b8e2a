"""What members of staff do with their own account."""

from __future__ import annotations

import base64
import io

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from espi.accounts import actions, sealed, second_factor, second_step, time_codes
from espi.accounts.errors import AlreadySetUp, CodeRefused, PasswordRefused, PasswordWrong
from espi.accounts.forms import ChangePasswordForm, CodeForm
from espi.accounts.models import Role, Staff
from espi.accounts.permissions import allow_without_second_factor, staff_of

WRONG = 422
NEW_SECRET = "new_secret"  # noqa: S105 a key of the session; the secret is stored encrypted
EVERY_ROLE = tuple(Role)


@require_safe
@never_cache
@allow_without_second_factor(*EVERY_ROLE)
def account(request: HttpRequest) -> HttpResponse:
    """Show the account: role, second factor, recovery codes left, and what can be changed."""
    return render(request, "accounts/account.html", _of_account(request))


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow_without_second_factor(*EVERY_ROLE)
def change_password(request: HttpRequest) -> HttpResponse:
    """Change the own password; all other sessions of the account end."""
    form = ChangePasswordForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        staff = staff_of(request)
        try:
            changed = actions.change_own_password(
                staff=staff,
                present=form.cleaned_data["present"],
                password=form.cleaned_data["password"],
            )
        except PasswordWrong as refusal:
            form.add_error("present", str(refusal))
        except PasswordRefused as refusal:
            form.add_error("password", str(refusal))
        else:
            update_session_auth_hash(request, changed)
            messages.success(request, _("Your password is changed; other sessions have ended."))
            return redirect("accounts:account")
    status = WRONG if form.errors else 200
    return render(request, "accounts/change_password.html", {"form": form}, status=status)


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@allow_without_second_factor(*EVERY_ROLE)
def set_up_app(request: HttpRequest) -> HttpResponse:
    """Show the secret as a QR code, and take the first code of the app."""
    staff = staff_of(request)
    if second_factor.has_second_factor(staff):
        return redirect("accounts:account")
    secret = _secret_in_session(request)
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            codes = second_factor.set_up(staff=staff, secret=secret, code=form.cleaned_data["code"])
        except (CodeRefused, AlreadySetUp) as refusal:
            form.add_error("code", str(refusal))
        else:
            del request.session[NEW_SECRET]
            second_step.note_code(request)
            return render(request, "accounts/recovery_codes.html", {"codes": codes})
    context = {
        "form": form,
        "qr": _qr(secret, staff),
        "secret": base64.b32encode(secret).decode(),
        "required": settings.SECOND_FACTOR,
    }
    status = WRONG if form.errors else 200
    return render(request, "accounts/set_up_app.html", context, status=status)


@sensitive_post_parameters()
@never_cache
@require_POST
@allow_without_second_factor(*EVERY_ROLE)
def renew_recovery_codes(request: HttpRequest) -> HttpResponse:
    """Replace the recovery codes, for whoever gives a code of the app."""
    try:
        code = request.POST.get("code", "")
        codes = second_factor.renew_recovery_codes(staff=staff_of(request), code=code)
    except CodeRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("accounts:account")
    return render(request, "accounts/recovery_codes.html", {"codes": codes})


@never_cache
@require_POST
@allow_without_second_factor(*EVERY_ROLE)
def end_other_sessions(request: HttpRequest) -> HttpResponse:
    """End every session of the account but this one."""
    changed = actions.end_sessions(staff=staff_of(request))
    update_session_auth_hash(request, changed)
    messages.success(request, _("All other sessions of your account have ended."))
    return redirect("accounts:account")


def _of_account(request: HttpRequest) -> dict[str, object]:
    staff = staff_of(request)
    return {
        "staff": staff,
        "has_second_factor": second_factor.has_second_factor(staff),
        "recovery_codes": staff.recovery_codes.count(),
        "required": settings.SECOND_FACTOR,
    }


def _secret_in_session(request: HttpRequest) -> bytes:
    """Return the secret that this session is setting up; reloading the page keeps it."""
    stored = sealed.unseal(request.session.get(NEW_SECRET, "").encode())
    if stored is not None:
        return stored
    secret = time_codes.new_secret()
    request.session[NEW_SECRET] = sealed.seal(secret).decode()
    return secret


def _qr(secret: bytes, staff: Staff) -> str:
    """Return the QR code that an app reads, as SVG."""
    issuer = f"E-SPI {settings.BANK}"
    svg = io.BytesIO()
    address = time_codes.address_for_app(secret, staff.username, issuer)
    segno.make(address, error="m", micro=False).save(
        svg, kind="svg", border=4, scale=4, xmldecl=False, light="#fff"
    )
    return mark_safe(svg.getvalue().decode())  # noqa: S308 segno escapes; no text of ours is in it
