"""Corrections with their evidence, and runs of the method with all that went into them."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from espi.design.models import Agency, Wave, in_language


class Correction(models.Model):
    """A deduction from objective facts, entered by one person and approved by another.

    Attributes:
        name: which correction of the specification, such as ``conduct``.
        value: the correction's own index, 0–100; points follow by the specification.
    """

    class State(models.TextChoices):
        PROPOSED = "proposed"
        APPROVED = "approved"
        REFUSED = "refused"

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    name = models.SlugField()
    value = models.FloatField()
    occurred_on = models.DateField()
    source = models.CharField(max_length=200)
    evidence = models.TextField()
    author = models.CharField(max_length=150)
    approver = models.CharField(max_length=150, blank=True)
    state = models.CharField(max_length=16, choices=State.choices, default=State.PROPOSED)

    class Meta:
        ordering = ("id",)
        constraints = [
            models.CheckConstraint(
                name="correction_value", condition=Q(value__gte=0) & Q(value__lte=100)
            ),
            models.CheckConstraint(
                name="correction_state",
                condition=Q(state="proposed", approver="")
                | (Q(state__in=["approved", "refused"]) & ~Q(approver="")),
            ),
            models.CheckConstraint(
                name="correction_by_two_people", condition=~Q(author=F("approver"))
            ),
            models.UniqueConstraint(
                fields=["wave", "agency", "name"],
                name="correction_once",
                condition=~Q(state="refused"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency.code} {self.name} {self.value}"

    @property
    def label(self) -> str:
        """The label of the correction in the specification, in the language of the moment."""
        rules = self.wave.specification.content["corrections"]
        labels = {rule["name"]: rule["label"] for rule in rules}
        return in_language(labels[self.name])


class EstimationRun(models.Model):
    """One run of the method: digests of everything it read, and its results.

    The same inputs give the same ``results_digest``, on any machine.

    Attributes:
        number: counts the runs of a wave from 1; the latest is the one that is released.
        results: before disclosure control; read with ``queries.results_of``.
    """

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    run_on = models.DateField()
    run_by = models.CharField(max_length=150)
    seed = models.CharField(max_length=80)
    extract_digest = models.CharField(max_length=64)
    tallies_digest = models.CharField(max_length=64)
    corrections_digest = models.CharField(max_length=64)
    specification_digest = models.CharField(max_length=64)
    method_version = models.CharField(max_length=64)
    results = models.JSONField()
    results_digest = models.CharField(max_length=64)

    class Meta:
        ordering = ("-number",)
        constraints = [models.UniqueConstraint(fields=["wave", "number"], name="run_once")]

    def __str__(self) -> str:
        return f"{self.wave.code} {self.number}"
