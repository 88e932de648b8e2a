"""Forms of estimation."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from espi.design.models import Agency, Wave, in_language


class CorrectionForm(forms.Form):
    """A correction and its evidence."""

    agency = forms.ModelChoiceField(
        Agency.objects.none(), label=_("Assessed agency"), to_field_name="code"
    )
    name = forms.ChoiceField(label=_("Correction"))
    value = forms.FloatField(
        label=_("Correction index, 0 to 100"), min_value=0, max_value=100,
        help_text=_("Points follow by the index specification."),
    )  # fmt: skip
    occurred_on = forms.DateField(
        label=_("Date of the fact"), widget=forms.DateInput(attrs={"type": "date"})
    )
    source = forms.CharField(label=_("Source"), max_length=200)
    evidence = forms.CharField(label=_("Evidence"), widget=forms.Textarea(attrs={"rows": 4}))

    def __init__(self, *args: object, wave: Wave, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type] # passed through to Django
        agencies = Agency.objects.filter(strata__wave=wave).distinct().order_by("name")
        self.fields["agency"].queryset = agencies  # type: ignore[attr-defined] # a choice of rows
        self.fields["name"].choices = [  # type: ignore[attr-defined] # a choice of words
            (rule["name"], in_language(rule["label"]))
            for rule in wave.specification.content["corrections"]
        ]


class RunForm(forms.Form):
    """The seed of a run, which is kept with it."""

    seed = forms.CharField(
        label=_("Seed"), max_length=80, initial="1", help_text=_("Kept with the run.")
    )
