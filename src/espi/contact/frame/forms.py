"""Forms of the frame."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _


class UploadForm(forms.Form):
    """One file: CSV or XLSX."""

    file = forms.FileField(
        label=_("Population list (CSV or XLSX)"),
        help_text=_("Use the template. At most 50 MB and 200,000 rows."),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx,.txt"}),
    )
