"""Which passwords may be set; one rule for pages and commands."""

from __future__ import annotations

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from espi.accounts.errors import PasswordRefused
from espi.accounts.models import Staff

LONGEST = 200  # characters: hashing a longer text costs the server more than it protects


class LongestPassword:
    """A password validator for ``AUTH_PASSWORD_VALIDATORS``: at most ``LONGEST`` characters."""

    def validate(self, password: str, user: Staff | None = None) -> None:  # noqa: ARG002 Django's signature
        """Refuse a longer password.

        Raises:
            ValidationError: it is too long.
        """
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """Return the rule as a sentence."""
        return _("A password has at most %(longest)s characters.") % {"longest": LONGEST}


def check_password_rules(staff: Staff, password: str) -> None:
    """Refuse a password that the rules of ``AUTH_PASSWORD_VALIDATORS`` refuse.

    Raises:
        PasswordRefused: with every rule that it breaks.
    """
    try:
        validate_password(password, staff)
    except ValidationError as error:
        reasons = " ".join(error.messages)
        raise PasswordRefused(username=staff.username, reasons=reasons) from None
