"""The audit log: who did what, each line chained to the line before."""

from __future__ import annotations

from django.db import models


class AuditLine(models.Model):
    """One action of a member of staff, a command or the system.

    Lines are only added. ``chain`` is the SHA-256 of the previous chain and of this line, so a
    line that is altered or taken away breaks every later one.

    Attributes:
        on: the day, in the survey's time zone.
        action: name of the action, such as ``sampling.draw``.
        facts: what the action was about; no personal data.
        at: the exact time, on the contact side only. The response side keeps no time finer than a
            day (rule 2 of the project), so it is empty there, and in lines older than this column.
    """

    on = models.DateField()
    at = models.DateTimeField(null=True)
    actor = models.CharField(max_length=150)
    action = models.CharField(max_length=80, db_column="deed")
    facts = models.JSONField(default=dict)
    chain = models.BinaryField(max_length=32)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.on} {self.actor} {self.action}"
