"""Forms of the draw."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class DrawForm(forms.Form):
    """The public seed."""

    seed = forms.CharField(
        label=_("Seed"),
        min_length=4,
        max_length=80,
        help_text=_("Drawn in public, for example from dice; anybody can repeat the draw with it."),
    )
