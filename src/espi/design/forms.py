"""Forms of the register of service areas, and of agencies that a wave goes on without."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from espi.design.dropping import LONGEST_REASON, REASONS
from espi.design.models import Group, ServiceArea, in_language
from espi.design.register import GROUPS, ServiceRow
from espi.design.register_versions import row_of
from espi.design.tables import ADDRESS_CODE
from espi.service_categories import CATEGORIES

OTHER = "other"


def _categories() -> list[tuple[str, str]]:
    return [(code, in_language(category.name)) for code, category in CATEGORIES.items()]


def _reasons() -> list[tuple[str, str]]:
    reasons = [(code, in_language(texts)) for code, texts in REASONS.items()]
    return [*reasons, (OTHER, str(_("another reason, written below")))]


class AreaForm(forms.Form):
    """A service area; one that is there keeps its code and group."""

    code = forms.RegexField(
        rf"^{ADDRESS_CODE.pattern}$",
        label=_("Code"),
        max_length=50,
        help_text=_("Letters, digits and hyphens; it stays."),
    )
    group = forms.ChoiceField(
        label=_("Group"), choices=[(group.value, group.label) for group in map(Group, GROUPS)]
    )
    name_id = forms.CharField(label=_("Name in Indonesian"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200)
    unit = forms.CharField(
        label=_("Unit"), max_length=200, required=False, help_text=_("Who provides the service.")
    )
    category = forms.ChoiceField(label=_("Category"), choices=_categories)
    spellings = forms.CharField(
        label=_("Other spellings"),
        required=False,
        help_text=_("As lists write it; one in each line."),
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    @classmethod
    def of(cls, area: ServiceArea) -> AreaForm:
        """Return the form of an area as it is."""
        row = row_of(area)
        return cls(
            initial={
                "code": row.code,
                "group": row.group,
                "name_id": row.name["id"],
                "name_en": row.name["en"],
                "unit": row.unit,
                "category": row.category,
                "spellings": "\n".join(row.spellings),
            }
        )

    def row(self, agency_code: str) -> ServiceRow:
        """Return the area as a row of the table, once the form is valid."""
        values = self.cleaned_data
        spellings = (" ".join(line.split()) for line in values["spellings"].splitlines())
        return ServiceRow(
            agency=agency_code,
            group=values["group"],
            code=values["code"],
            name={
                language: " ".join(values[f"name_{language}"].split()) for language in ("id", "en")
            },
            unit=" ".join(values["unit"].split()),
            category=values["category"],
            spellings=tuple(text.replace("|", " ") for text in spellings if text),
        )


class RegisterForm(forms.Form):
    """The whole register as a file."""

    file = forms.FileField(
        label=_("Register (CSV)"),
        help_text=_("The file of this page, changed. It replaces the whole register."),
        widget=forms.FileInput(attrs={"accept": ".csv,.txt"}),
    )


class DropForm(forms.Form):
    """Which agency the wave is to go on without, and why."""

    reason = forms.ChoiceField(label=_("Reason"), choices=_reasons)
    reason_id = forms.CharField(
        label=_("Another reason, in Indonesian"), max_length=LONGEST_REASON, required=False
    )
    reason_en = forms.CharField(
        label=_("Another reason, in English"), max_length=LONGEST_REASON, required=False
    )

    def __init__(self, data: Mapping[str, Any] | None, agencies: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        self.fields["agency"] = forms.ChoiceField(label=_("Assessed agency"), choices=agencies)
        self.order_fields(["agency"])

    def texts(self) -> dict[str, str]:
        """Return the reason in both languages, once the form is valid."""
        values = self.cleaned_data
        own = {"id": values["reason_id"], "en": values["reason_en"]}
        return dict(REASONS.get(values["reason"], own))
