"""The second factor of a sign-in: an authenticator app, and recovery codes for a lost phone."""

from __future__ import annotations

import secrets
import time

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from espi.accounts import sealed, time_codes
from espi.accounts.errors import AlreadySetUp, CodeRefused
from espi.accounts.models import Authenticator, RecoveryCode, Staff
from espi.platform import audit, clock
from espi.platform.audit import Actor

RECOVERY_CODES = 10
LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"  # without i, l, o and u, which are misread
LENGTH = 12  # characters of a recovery code: 60 bits, and sign-ins are slowed


def has_second_factor(staff: Staff) -> bool:
    """Say whether the account has an authenticator app."""
    return Authenticator.objects.filter(staff=staff).exists()


def must_set_up(staff: Staff) -> bool:
    """Say whether the account may open no page until it has a second factor."""
    return settings.SECOND_FACTOR and not has_second_factor(staff)


@transaction.atomic
def set_up(*, staff: Staff, secret: bytes, code: str) -> list[str]:
    """Give an account its authenticator; return the recovery codes, shown once and never again.

    Args:
        staff: the account.
        secret: that the app was given.
        code: of the app, to show that it has the secret and a right clock.

    Raises:
        AlreadySetUp: the account has an authenticator.
        CodeRefused: the code is not of this secret; nothing was set up.
    """
    # The account's row is locked: two tabs that set up two apps at once would leave one app wrong.
    Staff.objects.select_for_update().get(pk=staff.pk)
    if has_second_factor(staff):
        raise AlreadySetUp
    step = time_codes.matching_step(secret, code, time.time(), after=0)
    if step is None:
        raise CodeRefused
    Authenticator.objects.create(
        staff=staff, secret=sealed.seal(secret), last_step=step, added_on=clock.today()
    )
    codes = _new_recovery_codes(staff)
    audit.record(staff, "accounts.second_factor.set_up", username=staff.username)
    return codes


def check(staff: Staff, code: str) -> None:
    """Accept a code of the app or a recovery code, each once.

    Raises:
        CodeRefused: it is neither, or was used before.
    """
    with transaction.atomic():
        if _takes_time_code(staff, code):
            return
        used, _rows = staff.recovery_codes.filter(digest=_digest(staff, code)).delete()
        if not used:
            raise CodeRefused
        left = staff.recovery_codes.count()
        audit.record(staff, "accounts.recovery_code", username=staff.username, left=left)


def _takes_time_code(staff: Staff, code: str) -> bool:
    """Say whether the code is the app's, and remember its time step."""
    # Locked, so that of two sign-ins with the same code one sees that it has been used.
    app = Authenticator.objects.select_for_update().filter(staff=staff).first()
    secret = sealed.unseal(bytes(app.secret)) if app else None
    if app is None or secret is None:
        return False
    step = time_codes.matching_step(secret, code, time.time(), after=app.last_step)
    if step is None:
        return False
    app.last_step = step
    app.save(update_fields=["last_step"])
    return True


@transaction.atomic
def renew_recovery_codes(*, staff: Staff, code: str) -> list[str]:
    """Replace the recovery codes; the old ones open nothing any more.

    Raises:
        CodeRefused: ``code``, of the app or an old recovery code, does not fit.
    """
    check(staff, code)
    codes = _new_recovery_codes(staff)
    audit.record(staff, "accounts.recovery_codes.renew", username=staff.username)
    return codes


@transaction.atomic
def forget_second_factor(*, staff: Staff, actor: Actor | str = "command") -> bool:
    """Remove an account's authenticator and recovery codes, and end its sessions.

    Returns:
        Whether there was one.
    """
    locked = Staff.objects.select_for_update().get(pk=staff.pk)
    removed, _rows = Authenticator.objects.filter(staff=locked).delete()
    locked.recovery_codes.all().delete()
    if not removed:
        return False
    locked.session_epoch += 1
    locked.save(update_fields=["session_epoch"])
    audit.record(actor, "accounts.second_factor.forget", username=locked.username)
    return True


def _new_recovery_codes(staff: Staff) -> list[str]:
    staff.recovery_codes.all().delete()
    codes = [_recovery_code() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(staff=staff, digest=_digest(staff, code)) for code in codes
    )
    return codes


def _recovery_code() -> str:
    letters = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    return "-".join(letters[start : start + 4] for start in range(0, LENGTH, 4))


def _digest(staff: Staff, code: str) -> str:
    """Return the keyed hash of a recovery code, however it was typed."""
    typed = "".join(code.lower().replace("-", "").split())
    salt = "espi.accounts.recovery"
    return salted_hmac(salt, f"{staff.pk}\0{typed}", algorithm="sha256").hexdigest()
