"""Forms of sign-in and accounts."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from espi.accounts.models import Role
from espi.accounts.passwords import LONGEST


def _hidden(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


class SignInForm(forms.Form):
    """User name and password, as they are typed."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(
            attrs={"autofocus": True, "autocomplete": "username", "autocapitalize": "none"}
        ),
    )
    password = forms.CharField(
        label=_("Password"), max_length=LONGEST, strip=False, widget=_hidden("current-password")
    )


class CodeForm(forms.Form):
    """A code of the authenticator app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={
                "autofocus": True,
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
            }
        ),
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=LONGEST,
        strip=False,
        help_text=_(
            "At least 12 characters. Three or four words that do not belong together serve well."
        ),
        widget=_hidden("new-password"),
    )
    again = forms.CharField(
        label=_("New password, again"),
        max_length=LONGEST,
        strip=False,
        widget=_hidden("new-password"),
    )

    def clean_again(self) -> str:
        """Refuse a second password that is not the first."""
        again: str = self.cleaned_data["again"]
        if "password" in self.cleaned_data and again != self.cleaned_data["password"]:
            raise forms.ValidationError(_("This is not the password that you typed above."))
        return again


class ChangePasswordForm(NewPasswordForm):
    """The present password, and a new one."""

    present = forms.CharField(
        label=_("Present password"),
        max_length=LONGEST,
        strip=False,
        widget=_hidden("current-password"),
    )
    field_order = ("present", "password", "again")


class RoleForm(forms.Form):
    """The role of an account; a liaison needs the agency."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    agency_code = forms.SlugField(
        label=_("Agency code"), required=False, help_text=_("For the liaison of an agency.")
    )


class NewStaffForm(RoleForm):
    """A new account."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    field_order = ("username", "role", "agency_code")


class AuditFilter(forms.Form):
    """Which lines of the audit log to show."""

    actor = forms.CharField(label=_("Who"), max_length=150, required=False)
    action = forms.CharField(
        label=_("Action"),
        max_length=80,
        required=False,
        help_text=_("Or its beginning, such as design or accounts."),
    )
    since = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    until = forms.DateField(
        label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
