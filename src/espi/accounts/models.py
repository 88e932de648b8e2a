"""Who works with the survey, and in which role."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """What a member of staff is here for; decides what may be seen and done."""

    AUTHORITY = "authority", _("Survey authority")
    CONTRACTOR = "contractor", _("Fieldwork contractor")
    LIAISON = "liaison", _("Agency liaison")
    AUDITOR = "auditor", _("Auditor")


class Staff(AbstractUser):
    """A member of staff of the authority, the contractor or an agency. Never a respondent."""

    role = models.CharField(max_length=16, choices=Role.choices)
    agency_code = models.SlugField(blank=True, help_text="The agency of a liaison.")

    class Meta(AbstractUser.Meta):
        constraints = [
            models.CheckConstraint(
                name="staff_role_known", condition=Q(role__in=[role.value for role in Role])
            ),
            models.CheckConstraint(
                name="staff_liaison_has_agency",
                condition=~Q(role="liaison") | ~Q(agency_code=""),
            ),
        ]
