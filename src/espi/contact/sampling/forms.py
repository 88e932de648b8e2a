"""Forms of the draw."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class DiceForm(forms.Form):
    """The throws of one person."""

    throws = forms.CharField(
        label=_("Your throws"),
        max_length=800,
        help_text=_("At least 20 throws of a die, in their order, as digits from 1 to 6."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


class DrawForm(forms.Form):
    """A public value as the seed, and what it is; both empty: the dice."""

    seed = forms.CharField(
        label=_("Public value"),
        max_length=80,
        required=False,
        help_text=_("Only without dice: a value that nobody could know when the lists closed."),
    )
    source = forms.CharField(
        label=_("What the value is"),
        max_length=200,
        required=False,
        help_text=_("For example the name of a public beacon and the number of its round."),
    )

    def clean(self) -> dict[str, Any]:
        """Ask for both or neither."""
        values = super().clean() or {}
        if bool(values.get("seed")) != bool(values.get("source")):
            raise forms.ValidationError(_("Give the public value together with what it is."))
        return values
