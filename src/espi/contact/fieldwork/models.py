"""What liaisons are shown of fieldwork: worked out once a day, and never a count."""

from __future__ import annotations

from django.db import models

from espi.design.models import Group, Wave


class ProgressSnapshot(models.Model):
    """What the liaison of an agency is shown of one group on one day.

    Stored, so that nothing that happens during the day changes what is shown on it.

    Attributes:
        percent: lower bound of the share of the target that was reached by the evening before, a
            multiple of ten; empty where the target is so small that a step would point at few
            people.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="progress_snapshots")
    agency_code = models.SlugField()
    group = models.CharField(max_length=16, choices=Group.choices)
    on = models.DateField()
    percent = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["wave", "agency_code", "group", "on"], name="progress_snapshot_once"
            )
        ]
        ordering = ["agency_code", "group"]

    def __str__(self) -> str:
        return f"{self.agency_code} {self.group} {self.on}: {self.percent}"
