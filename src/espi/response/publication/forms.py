"""The form with which the authority withdraws a release."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class WithdrawForm(forms.Form):
    """The reason of a withdrawal."""

    reason = forms.CharField(
        label=_("Reason"), max_length=500, help_text=_("Kept with the release for ever.")
    )
