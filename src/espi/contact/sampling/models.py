"""The commitment to the frame, the dice, the draw of a wave and its cases."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from espi.contact.frame.models import Person
from espi.design.models import Stratum, Wave


class FrameCommitment(models.Model):
    """The roots over lists and units of a wave, fixed before the seed of the draw is known.

    Attributes:
        document: ``roots.json``, byte for byte.
        digest: its SHA-256, which observers note.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    document = models.TextField()
    digest = models.CharField(max_length=64)
    committed_at = models.DateTimeField()
    committed_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.wave.code} {self.digest}"


class FrameSalt(models.Model):
    """Two random numbers that hide a person in the draw. They are stored nowhere else.

    Attributes:
        list_salt: for the commitment to the row of the list; the agency gets it.
        unit_salt: for the unit id of the draw; no agency ever gets it.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="salt")
    list_salt = models.BinaryField(max_length=32)
    unit_salt = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return f"salts of {self.person}"


class DiceThrow(models.Model):
    """The dice that one member of staff threw for the seed.

    Attributes:
        throws: digits from 1 to 6, in the order in which they fell.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="dice")
    by = models.CharField(max_length=150)
    throws = models.CharField(max_length=400)
    thrown_at = models.DateTimeField()

    class Meta:
        ordering = ("id",)
        constraints = [models.UniqueConstraint(fields=["wave", "by"], name="dice_once")]

    def __str__(self) -> str:
        return f"{self.by} {self.throws}"


class SampleDraw(models.Model):
    """The one draw of a wave: its seed and the plan it followed.

    Attributes:
        source: what the public value is, if the seed is one; empty for dice.
        plan: sizes per agency, group and stratum, and which strata were joined.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    seed = models.CharField(max_length=80)
    source = models.CharField(max_length=200, blank=True)
    plan = models.JSONField()
    drawn_at = models.DateTimeField()
    drawn_by = models.CharField(max_length=150)

    def __str__(self) -> str:
        return f"{self.wave.code} {self.seed}"


class SampleCase(models.Model):
    """One drawn person, with the chance to be drawn (0–1, above 0); never deleted."""

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
