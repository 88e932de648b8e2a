"""What has been released, and what was published of earlier waves."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from espi.design.models import Wave


class Release(models.Model):
    """The results of one estimation run as they may be shown, proposed and approved by two people.

    Attributes:
        run_digest: digest of the full results of the run that this was made from.
        results: only what disclosure control lets out; every public page is made from it.
        digest: SHA-256 of ``results`` as canonical JSON.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed", _("Proposed")
        RELEASED = "released", _("Released")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT, related_name="releases")
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)
    run_digest = models.CharField(max_length=64)
    results = models.JSONField()
    digest = models.CharField(max_length=64)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", null=True
    )
    released_on = models.DateField(null=True)
    withdrawn_because = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="release_state", condition=Q(state__in=["proposed", "released", "withdrawn"])
            ),
            models.CheckConstraint(
                name="release_four_eyes",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("proposed_by")),
            ),
            models.CheckConstraint(
                name="release_was_approved",
                condition=~Q(state="released")
                | Q(approved_by__isnull=False, released_on__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["wave"], condition=Q(state="proposed"), name="release_proposed_once"
            ),
            models.UniqueConstraint(
                fields=["wave"], condition=Q(state="released"), name="release_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave.code} {self.digest[:12]}"


class PublishedScore(models.Model):
    """A result of an earlier wave that was published elsewhere and loaded as it is.

    Attributes:
        institution_id: the source's own number; it may change from year to year.
        corrections: points per named correction.
    """

    year = models.PositiveSmallIntegerField()
    institution_id = models.CharField(max_length=32)
    institution = models.CharField(max_length=200, db_index=True)
    level = models.CharField(max_length=32)
    region_code = models.CharField(max_length=32, blank=True)
    index = models.FloatField()
    internal = models.FloatField()
    external = models.FloatField()
    expert = models.FloatField()
    corrections = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["year", "institution_id"], name="published_score_once")
        ]

    def __str__(self) -> str:
        return f"{self.institution} {self.year}"
