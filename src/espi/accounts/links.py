"""Links with which a member of staff sets a password: the first one, or one that was forgotten.

A link works once and for three days: its token follows from the account's password and last
sign-in, so that setting a password ends it. The survey authority hands it over; nobody else ever
knows a colleague's password.
"""

from __future__ import annotations

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.utils.http import base36_to_int, int_to_base36

from espi.accounts.errors import LinkUsedOrOld
from espi.accounts.models import Staff


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "espi.accounts.links"

    def _make_hash_value(self, user: Staff, timestamp: int) -> str:
        """Add what must end a link besides a new password: another role, or a disabled account."""
        value = super()._make_hash_value(user, timestamp)
        return f"{value}{user.session_epoch}{user.is_active}"


_tokens = _Tokens()


def new_link(staff: Staff) -> str:
    """Return the last part of the address of a new link."""
    return f"{int_to_base36(staff.pk)}-{_tokens.make_token(staff)}"


def staff_of_link(link: str) -> Staff:
    """Return the account that a link is for.

    Raises:
        LinkUsedOrOld: it has been used, is too old, or was never one.
    """
    number, _, token = link.partition("-")
    try:
        staff = Staff.objects.filter(pk=base36_to_int(number), is_active=True).first()
    except (ValueError, OverflowError):
        staff = None
    if staff is None or not _tokens.check_token(staff, token):
        raise LinkUsedOrOld
    return staff
