"""The second step of a sign-in; between the right password and the right code nobody is inside."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from espi.accounts import limits, second_factor
from espi.accounts.errors import CodeRefused, TooManyAttempts
from espi.accounts.middleware import SIGNED_IN_AT
from espi.accounts.models import Staff
from espi.accounts.permissions import staff_of
from espi.platform import audit, clock
from espi.platform.limits import address_of

PENDING, CODE_GIVEN_AT = "second_step", "code_given_at"  # in the session
PENDING_LASTS = 5 * 60  # seconds between password and code
FRESH = 15 * 60  # seconds for which a code counts for what takes two people
FRESH_CODE = "needs_fresh_code"  # attribute of a guarded view

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def await_code(request: HttpRequest, staff: Staff) -> None:
    """Remember that the right password was typed; the session gets a new key."""
    request.session.cycle_key()
    request.session[PENDING] = [staff.pk, staff.get_session_auth_hash(), int(time.time())]


def awaited_staff(request: HttpRequest) -> Staff | None:
    """Return who must now give a code: after the password, or again while signed in."""
    if request.user.is_authenticated:
        return staff_of(request)
    key, password, at = request.session.get(PENDING) or (0, "", 0)
    if time.time() - at > PENDING_LASTS:
        return None
    staff = Staff.objects.filter(pk=key, is_active=True).first()
    # A password that was changed in between ends the sign-in, as it ends sessions.
    if staff is None or not constant_time_compare(staff.get_session_auth_hash(), password):
        return None
    return staff


def give_code(request: HttpRequest, staff: Staff, code: str) -> None:
    """Check a code within limits of its own, and sign the person in, or note that it is fresh.

    Raises:
        TooManyAttempts: too many were wrong before; this one was not looked at.
        CodeRefused: it is neither of the app nor a recovery code, or was used before.
    """
    now = clock.now()
    # Not the counts of passwords: whoever knows the password empties those with each sign-in.
    counts = limits.counts_of(f"{staff.username}\0code", address_of(request), "")
    if (wait := limits.begin(counts, now)) > 0:
        raise TooManyAttempts(int(wait) + 1)
    try:
        second_factor.check(staff, code)
    except CodeRefused:
        audit.record(staff, "accounts.sign_in_failed", why="code", slowed=False)
        raise
    limits.succeeded(counts, now)
    if not request.user.is_authenticated:
        begin_session(request, staff)
    note_code(request)


def note_code(request: HttpRequest) -> None:
    """Remember when this session gave a code."""
    request.session[CODE_GIVEN_AT] = int(time.time())


def begin_session(request: HttpRequest, staff: Staff) -> None:
    """Sign a person in, with a session of a new key."""
    audit.record(staff, "accounts.sign_in")
    login(request, staff)
    request.session.pop(PENDING, None)
    request.session[SIGNED_IN_AT] = int(time.time())
    request.session.clear_expired()


def needs_fresh_code(view: View[P]) -> View[P]:
    """Ask for a code again before an action that takes two people, unless one was just given.

    A session that somebody left open, or that was stolen, must not be the second person. Accounts
    without a second factor, which only a rehearsal has, are not asked.
    """

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method != "POST" or _is_fresh(request):
            return view(request, *args, **kwargs)
        messages.warning(request, _("Give a code of your app first, then press again."))
        back = urlsplit(request.headers.get("Referer", "")).path or "/"
        return redirect(f"{reverse('accounts:second_step')}?{urlencode({'next': back})}")

    setattr(guarded, FRESH_CODE, True)
    return guarded


def _is_fresh(request: HttpRequest) -> bool:
    if not second_factor.has_second_factor(staff_of(request)):
        return True
    return bool(time.time() - request.session.get(CODE_GIVEN_AT, 0) <= FRESH)
