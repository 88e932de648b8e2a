"""The draw of a wave, and what was drawn."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from espi.contact.frame.models import Person
from espi.design.models import Stratum, Wave


class SampleDraw(models.Model):
    """The one draw of a wave: its seed and the plan it followed.

    Attributes:
        plan: sizes per agency, group and stratum, and which strata were joined.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    seed = models.CharField(max_length=80)
    plan = models.JSONField()
    drawn_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.wave.code} {self.seed}"


class SampleCase(models.Model):
    """One drawn person, with the chance that person had; kept for ever."""

    draw = models.ForeignKey(SampleDraw, on_delete=models.PROTECT, related_name="cases")
    person = models.OneToOneField(Person, on_delete=models.PROTECT)
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT)
    inclusion_probability = models.FloatField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="case_probability",
                condition=Q(inclusion_probability__gt=0) & Q(inclusion_probability__lte=1),
            )
        ]

    def __str__(self) -> str:
        return str(self.person)
