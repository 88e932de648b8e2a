"""The form of a sign-in."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from espi.accounts.passwords import LONGEST


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
        label=_("Password"),
        max_length=LONGEST,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
