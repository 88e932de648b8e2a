"""The six digits that an authenticator app shows, others every 30 seconds.

Source: RFC 6238 with SHA-1, which is what the apps understand.
"""

from __future__ import annotations

import hmac
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

SECRET_LENGTH = 20  # bytes, as RFC 4226 recommends
DIGITS = 6
STEP = 30  # seconds
SLACK = 1  # steps before and after: the clock of a phone, and the time that typing takes


def new_secret() -> bytes:
    """Return a random secret for a new authenticator."""
    return secrets.token_bytes(SECRET_LENGTH)


def matching_step(secret: bytes, code: str, now: float, after: int) -> int | None:
    """Return the time step of which a code is the digits; None where it is of none.

    Args:
        secret: of the authenticator, ``SECRET_LENGTH`` bytes.
        code: as it was typed; spaces do not count.
        now: seconds since 1970. Real time, in a rehearsal too: phones do not run ahead with it.
        after: the last step whose code was used. A code that somebody saw being typed opens
            nothing a second time.
    """
    typed = "".join(code.split())
    current = int(now) // STEP
    for step in range(max(after + 1, current - SLACK), current + SLACK + 1):
        if hmac.compare_digest(code_at(secret, step), typed.encode("utf-8", "replace")):
            return step
    return None


def code_at(secret: bytes, step: int) -> bytes:
    """Return the digits of a time step, as ASCII."""
    return _generator(secret).generate(step * STEP)


def address_for_app(secret: bytes, username: str, issuer: str) -> str:
    """Return the ``otpauth:`` address that an authenticator app reads from a QR code."""
    return _generator(secret).get_provisioning_uri(username, issuer)


def _generator(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 RFC 6238; no collision matters here
