"""Population lists, the persons accepted from them, and the rows that go back to the agency."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from espi.contact.frame.counts import RowCounts
from espi.design.models import Agency, Group, Stratum, Wave

GROUP_KNOWN = Q(group__in=["internal", "external", "expert"])


class Upload(models.Model):
    """One population list as an agency delivered it, with counts of its rows by fate.

    Attributes:
        state: a list from the page waits for the worker; its rows count once it was read.
        stored_as: name of the file as it waits in the storage; empty once it was read.
        touched_at: when a process last worked on it. After ``LOST_AFTER`` (actions.py) without
            a change, the process must have died, and another one reads the list.
        refusal: why the file was refused: ``{"kind": name of the refusal, "facts": {…}}``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting to be read")
        READING = "reading", _("Being read")
        READ = "read", _("Has been read")
        REFUSED = "refused", _("Refused")

    wave = models.ForeignKey(Wave, on_delete=models.PROTECT)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    group = models.CharField(max_length=16, choices=Group.choices)
    file_name = models.CharField(max_length=200)
    digest = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    rows = models.PositiveIntegerField()
    accepted = models.PositiveIntegerField()
    rejected = models.PositiveIntegerField()
    ineligible = models.PositiveIntegerField()
    duplicates = models.PositiveIntegerField()
    uploaded_by = models.CharField(max_length=150)
    uploaded_at = models.DateTimeField()
    state = models.CharField(max_length=16, choices=State.choices, default=State.READ)
    stored_as = models.CharField(max_length=64, blank=True)
    touched_at = models.DateTimeField(null=True)
    refusal = models.JSONField(null=True)

    class Meta:
        ordering = ("-uploaded_at", "-id")
        constraints = [
            models.CheckConstraint(name="upload_group", condition=GROUP_KNOWN),
            models.CheckConstraint(
                name="upload_every_row_has_one_fate",
                condition=Q(rows=F("accepted") + F("rejected") + F("ineligible")),
            ),
            models.CheckConstraint(
                name="upload_duplicates_are_rejected", condition=Q(duplicates__lte=F("rejected"))
            ),
            models.UniqueConstraint(
                fields=["wave", "agency", "group", "digest"],
                name="upload_once",
                condition=~Q(state="refused"),
            ),
            models.CheckConstraint(
                name="upload_state",
                condition=Q(state__in=["waiting", "reading", "read", "refused"]),
            ),
            models.CheckConstraint(
                name="upload_counts_when_read", condition=Q(state="read") | Q(rows=0)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency.code} {self.group} {self.file_name}"

    @property
    def counts(self) -> RowCounts:
        """How many of its rows met which fate; all 0 until it is read."""
        return RowCounts(self.rows, self.accepted, self.rejected, self.ineligible, self.duplicates)


class RejectedRow(models.Model):
    """A row that goes back to the agency, as it came, with the reasons."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="rejected_rows")
    row_number = models.PositiveIntegerField()
    cells = models.JSONField()
    reasons = models.JSONField()

    class Meta:
        ordering = ("row_number",)
        constraints = [
            models.UniqueConstraint(fields=["upload", "row_number"], name="rejected_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.upload} row {self.row_number}"


class Person(models.Model):
    """One accepted entry of the frame: a person and how to reach them. It holds no answer.

    Attributes:
        exclusion: why the person is not eligible, one of the words of ``screening``; empty if
            eligible.
        area: code of the service area in the register of the wave: of the service (external), or
            of the unit (internal); empty where the wave has no register.
    """

    upload = models.ForeignKey(Upload, on_delete=models.PROTECT, related_name="persons")
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    group = models.CharField(max_length=16, choices=Group.choices)
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT)
    name = models.CharField(max_length=200)
    phone = models.CharField(max_length=16, blank=True)
    email = models.CharField(max_length=254, blank=True)
    unit = models.CharField(max_length=200)
    job_title = models.CharField(max_length=200, blank=True)
    started_on = models.DateField(null=True)
    service = models.CharField(max_length=200, blank=True)
    area = models.SlugField(max_length=50, blank=True, db_index=False)
    served_on = models.DateField(null=True)
    language = models.CharField(max_length=2, default="id")
    eligible = models.BooleanField()
    exclusion = models.CharField(max_length=32, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_group", condition=GROUP_KNOWN),
            models.CheckConstraint(
                name="person_can_be_reached", condition=~Q(phone="") | ~Q(email="")
            ),
            models.CheckConstraint(
                name="person_exclusion_has_reason",
                condition=Q(eligible=True, exclusion="") | (Q(eligible=False) & ~Q(exclusion="")),
            ),
            models.UniqueConstraint(
                fields=["wave", "phone"], name="person_phone_once", condition=~Q(phone="")
            ),
            models.UniqueConstraint(
                fields=["wave", "email"], name="person_email_once", condition=~Q(email="")
            ),
        ]
        indexes = [models.Index(fields=["stratum", "eligible"], name="person_of_stratum")]

    def __str__(self) -> str:
        return f"person {self.pk}"
