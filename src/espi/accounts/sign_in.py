"""The first step of a sign-in: the limits, then the password; a failure is audited."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth import authenticate
from django.core import signing
from django.http import HttpRequest

from espi.accounts import limits
from espi.accounts.errors import SignInRefused, TooManyAttempts
from espi.accounts.models import Staff
from espi.platform import audit
from espi.platform.limits import address_of

DEVICE_LASTS = 90 * 86_400  # seconds for which a browser is known after a sign-in


@dataclass(frozen=True, slots=True)
class Attempt:
    """One attempt to sign in, as it was typed.

    Attributes:
        device: the cookie of a browser that has signed in before; empty if there is none.
    """

    username: str
    password: str
    device: str = ""


def check_password(request: HttpRequest, attempt: Attempt, now: datetime) -> Staff:
    """Return the account whose name and password were typed.

    Raises:
        TooManyAttempts: too many failed before; the password was not looked at.
        SignInRefused: name and password do not match, or the account is disabled.
    """
    device = _known_device(attempt)
    counts = limits.counts_of(attempt.username, address_of(request), device)
    # First without a lock: attempts that must wait anyway would make others wait for the rows.
    wait = limits.must_wait(counts, now) or limits.begin(counts, now)
    if wait > 0:
        raise TooManyAttempts(int(wait) + 1)
    try:
        staff = authenticate(request, username=attempt.username, password=attempt.password)
    except BaseException:
        # Busy, or the process ends: nobody has failed, so nobody may be slowed for it.
        limits.taken_back(counts)
        raise
    if not isinstance(staff, Staff):
        _record_failure(attempt, slowed=limits.must_wait(counts, now) > 0)
        raise SignInRefused
    limits.succeeded(counts, now)
    return staff


def new_device(username: str) -> str:
    """Return the cookie by which a browser is known at its next sign-in to this account.

    It opens nothing: it only gives the browser failed attempts of its own. No name is in it.
    """
    return _signer(username).sign(secrets.token_urlsafe(16))


def _known_device(attempt: Attempt) -> str:
    try:
        return _signer(attempt.username).unsign(attempt.device, max_age=DEVICE_LASTS)
    except signing.BadSignature:
        return ""


def _signer(username: str) -> signing.TimestampSigner:
    return signing.TimestampSigner(salt=f"espi.accounts.device.{username}")


def _record_failure(attempt: Attempt, *, slowed: bool) -> None:
    """Audit which account was tried; never the name that was typed, which can be a password."""
    staff = Staff.objects.filter(username=attempt.username).first()
    if staff is None:
        audit.record("unknown", "accounts.sign_in_failed", why="no such account", slowed=slowed)
    else:
        why = "password" if staff.is_active else "disabled"
        audit.record(staff, "accounts.sign_in_failed", why=why, slowed=slowed)
