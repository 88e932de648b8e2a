"""The only rows that exist in both banks."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from espi.minimum_cell import MINIMUM_CELL


class Tally(models.Model):
    """A count that may cross between the banks: no person, no answer, no time, no small cell."""

    class Kind(models.TextChoices):
        POPULATION = "population", _("people on the list")
        INVITED = "invited", _("people invited")
        ISSUED = "issued", _("signatures issued")

    wave_code = models.SlugField()
    stratum_code = models.CharField(max_length=80)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    count = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave_code", "stratum_code", "kind"], name="tally_once"
            ),
            models.CheckConstraint(
                name="tally_kind", condition=Q(kind__in=["population", "invited", "issued"])
            ),
            models.CheckConstraint(
                name="tally_minimum_cell", condition=Q(count=0) | Q(count__gte=MINIMUM_CELL)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.stratum_code} {self.kind} {self.count}"
