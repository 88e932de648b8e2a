"""Refusals of actions upon accounts, each with how to mend it."""

from __future__ import annotations

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from espi.platform.errors import Refusal

MINUTE = 60  # seconds


class StaffExists(Refusal):
    """An account of this name exists; adding it again must not change its password or role."""

    sentence = _(
        "There is an account %(username)s already; nothing was changed. To change it: "
        "espi staff password %(username)s, or espi staff role %(username)s."
    )


class NoSuchStaff(Refusal):
    """No account has this name in this bank; each bank has accounts of its own."""

    sentence = _(
        "There is no account %(username)s in this bank. To see all: espi staff list. To make it: "
        "espi staff add."
    )


class UsernameUnusable(Refusal):
    """The user name is empty, too long, or has characters that cannot be typed everywhere."""

    sentence = _(
        "The user name %(username)s cannot be used: take up to 150 letters, digits and @ . + - _"
    )


class PasswordRefused(Refusal):
    """The password is too short, too long, widely known, or like the user name."""

    sentence = _("The password of %(username)s was not set. %(reasons)s")


class LiaisonNeedsAgency(Refusal):
    """A liaison sees one agency, so the account must name it."""

    sentence = _("The liaison %(username)s needs an agency: add --agency CODE.")


class RoleUnknown(Refusal):
    """The role is not one of the four."""

    sentence = _("%(role)s is no role. The roles are: %(roles)s.")


class StaffLineFaulty(Refusal):
    """A line of a list of staff cannot be used; nobody on the list was added."""

    sentence = _("Line %(line)s: %(reason)s Nobody on the list was added; mend it and try again.")


class TooManyAttempts(Refusal):
    """Sign-ins failed too often; the next one must wait, and its password was not checked.

    Attributes:
        seconds: how long it must wait, for the header ``Retry-After``.
    """

    sentence = _(
        "Sign-in failed too often. Wait %(wait)s and try again; nobody is locked out for good."
    )

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(wait=_in_words(seconds))


class SignInRefused(Refusal):
    """Name and password do not match, or the account is disabled; the answer does not say which."""

    sentence = _("User name and password do not match, or the account is disabled.")


class CodeRefused(Refusal):
    """The second factor's code is wrong, too old, or has been used."""

    sentence = _(
        "This code does not fit. Wait for the next one in your app, or use one of your recovery "
        "codes; each opens the account once."
    )


class AlreadySetUp(Refusal):
    """The account has an authenticator; another one first needs the old one removed."""

    sentence = _("This account has an authenticator app already. Remove it first.")


class PasswordWrong(Refusal):
    """The present password was typed wrongly."""

    sentence = _("The present password does not fit; nothing was changed.")


class LinkUsedOrOld(Refusal):
    """A link to set a password works once, and for three days."""

    sentence = _(
        "This link has been used, or is older than three days. Ask the survey authority for a new "
        "one."
    )


class NotYourself(Refusal):
    """Nobody takes the own role or account away: the last authority could lock everybody out."""

    sentence = _("You cannot change your own account here; ask another member of the authority.")


def _in_words(seconds: int) -> str:
    if seconds <= MINUTE:
        return gettext("%(count)s seconds") % {"count": max(2, seconds)}
    return gettext("%(count)s minutes") % {"count": -(-seconds // MINUTE)}  # 2 or more
