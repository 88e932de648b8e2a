"""The public facts of a wave; nothing about a person, and no answer."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from espi.minimum_cell import MINIMUM_CELL
from espi.service_categories import CATEGORIES

VERSION_OF = _("%(code)s, version %(version)s")


def in_language(texts: Mapping[str, str]) -> str:
    """Return the text in the current language, or in Indonesian where that is missing."""
    return texts.get(get_language() or "id") or texts["id"]


class Group(models.TextChoices):
    """The three groups of respondents of an agency."""

    INTERNAL = "internal", _("Internal")
    EXTERNAL = "external", _("External")
    EXPERT = "expert", _("Expert")


class Specification(models.Model):
    """A version of the index specification, never changed once a wave uses it."""

    code = models.SlugField()
    version = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def label(self) -> str:
        """Code and version in words, in the current language."""
        return str(VERSION_OF % {"code": self.code, "version": self.version})


class Instrument(models.Model):
    """A version of a questionnaire, immutable once in the field; known by its digest."""

    code = models.SlugField()
    group = models.CharField(max_length=16, choices=Group.choices)
    version = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    content = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="instrument_version_once"),
            models.CheckConstraint(
                name="instrument_group", condition=Q(group__in=["internal", "external", "expert"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.version}"

    @property
    def label(self) -> str:
        """Whom it asks, code and version in words, in the current language."""
        version = VERSION_OF % {"code": self.code, "version": self.version}
        return f"{Group(self.group).label}: {version}"


class Wave(models.Model):
    """One round of the survey: frame, fieldwork, sealing, publication.

    Attributes:
        margins: margin of error of agencies that ask for another one, by code of agency.
        closing_announced: the box is about to close before its time; the registry reads this and
            gives no more signatures.
        closed_on: the day on which this bank closed the wave.
    """

    class Phase(models.TextChoices):
        DESIGN = "design", _("Design")
        FRAMES = "frames", _("Population lists")
        COMMITTED = "committed", _("Lists closed")
        DRAWN = "drawn", _("Sample drawn")
        FIELD = "field", _("Fieldwork")
        CLOSED = "closed", _("Closed")
        OPENED = "opened", _("Opened")
        ESTIMATED = "estimated", _("Estimated")
        RELEASED = "released", _("Released")

    code = models.SlugField(unique=True)
    title = models.JSONField()
    year = models.PositiveSmallIntegerField()
    phase = models.CharField(max_length=16, choices=Phase.choices, default=Phase.DESIGN)
    opens_on = models.DateField()
    closes_on = models.DateField()
    level = models.CharField(max_length=2, default="L1")
    minimum_cell = models.PositiveSmallIntegerField(default=MINIMUM_CELL)
    margin_of_error = models.FloatField()
    margins = models.JSONField(default=dict)
    allocation_exponent = models.FloatField(default=1.0)
    expected_response = models.JSONField()
    specification = models.ForeignKey(Specification, on_delete=models.PROTECT)
    instruments = models.ManyToManyField(Instrument)
    election_key = models.JSONField(null=True)
    rehearsal = models.BooleanField()
    closing_announced = models.BooleanField(default=False)
    closed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="wave_allocation",
                condition=Q(allocation_exponent__gte=0) & Q(allocation_exponent__lte=1),
            ),
            models.CheckConstraint(
                name="wave_phase",
                condition=Q(
                    phase__in=[
                        "design",
                        "frames",
                        "committed",
                        "drawn",
                        "field",
                        "closed",
                        "opened",
                        "estimated",
                        "released",
                    ]
                ),
            ),
            models.CheckConstraint(name="wave_calendar", condition=Q(opens_on__lt=F("closes_on"))),
            models.CheckConstraint(name="wave_cell", condition=Q(minimum_cell__gte=MINIMUM_CELL)),
            models.CheckConstraint(name="wave_level", condition=Q(level__in=["L1", "L2", "L3"])),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The title in the current language."""
        return in_language(self.title)

    def has_reached(self, phase: str) -> bool:
        """Say whether the wave is in this phase or a later one."""
        order = self.Phase.values
        return order.index(self.phase) >= order.index(phase)


class ClosingRequest(models.Model):
    """One person's request to close a wave for good, which a second person confirms.

    Attributes:
        asked_on: the day; after three days the request counts no more.
    """

    wave = models.OneToOneField(Wave, on_delete=models.CASCADE)
    asked_by = models.CharField(max_length=150)
    asked_on = models.DateField()

    def __str__(self) -> str:
        return f"{self.wave.code}: {self.asked_by}"


class Agency(models.Model):
    """A ministry, institution or local government that is assessed (K/L/PD).

    Attributes:
        formerly: codes that it had in earlier waves, before it was renamed or merged.
        province: name of the province that it lies in; "" for the whole nation.
        tile_x: column on the tile map of the nation, from 0 on the left; ``tile_y`` row, from 0 at
            the top; None where it has no place there.
    """

    class Type(models.TextChoices):
        MINISTRY = "ministry", _("Ministry")
        AGENCY = "agency", _("Agency")
        PROVINCE = "province", _("Province")
        REGENCY = "regency", _("Regency")
        CITY = "city", _("City")

    code = models.SlugField(unique=True)
    name = models.CharField(max_length=200)
    type = models.CharField(max_length=16, choices=Type.choices)
    sector = models.SlugField(blank=True)
    formerly = models.JSONField(default=list)
    province = models.CharField(max_length=100, blank=True)
    tile_x = models.PositiveSmallIntegerField(null=True)
    tile_y = models.PositiveSmallIntegerField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="agency_type",
                condition=Q(type__in=["ministry", "agency", "province", "regency", "city"]),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DroppedAgency(models.Model):
    """An agency that a wave goes on without: two people decide, and everybody may know why.

    Before the lists are closed it is dropped: nobody of it is drawn. Afterwards it is withheld: its
    people were drawn and may have answered, and its results are not shown.

    Attributes:
        reason: by language, as the public reads it.
        withheld: the lists were closed when this was confirmed.
        asked_by: name of the account; empty where the other bank decided.
        confirmed_by: of a second person; empty while the request waits, or as for ``asked_by``.
        confirmed_on: the day; none while the request waits.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="dropped_agencies")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT)
    reason = models.JSONField()
    withheld = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=150, blank=True)
    asked_on = models.DateField()
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_on = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "agency"], name="agency_dropped_once"),
            models.CheckConstraint(
                name="agency_dropped_by_two",
                condition=Q(confirmed_by="") | ~Q(confirmed_by=F("asked_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.agency_id}"

    @property
    def reason_label(self) -> str:
        """The reason in the current language."""
        return in_language(self.reason)


class KeyStratum(models.Model):
    """A group of strata large enough to share a signing key of their own.

    Attributes:
        parent: the next wider group that it would have joined, had it been too small.
        public_key: DER SubjectPublicKeyInfo in base64, once it has been made.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="key_strata")
    code = models.CharField(max_length=80)
    parent = models.CharField(max_length=80, blank=True)
    group = models.CharField(max_length=16, choices=Group.choices)
    label = models.JSONField()
    public_key = models.TextField(blank=True)
    invited_count = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "code"], name="key_stratum_once"),
            models.CheckConstraint(
                name="key_stratum_group", condition=Q(group__in=["internal", "external", "expert"])
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Stratum(models.Model):
    """A part of the frame sampled separately: some units of one agency and one group.

    Attributes:
        units: names of the units whose people belong to it; none, and no services: all.
        services: codes of the service areas whose people belong to it.
        channel: how its people come: drawn from a list, by a slip handed out at a counter, or
            through an interviewer. Only what was drawn speaks for the population.
    """

    class Channel(models.TextChoices):
        SAMPLE = "sample", _("Sample")
        OPEN = "open", _("Open slips")
        INTERVIEW = "interview", _("Interviews")

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="strata")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="strata")
    group = models.CharField(max_length=16, choices=Group.choices)
    code = models.CharField(max_length=80)
    label = models.JSONField()
    units = models.JSONField(default=list)
    services = models.JSONField(default=list)
    channel = models.CharField(max_length=16, choices=Channel.choices, default=Channel.SAMPLE)
    key_stratum = models.ForeignKey(KeyStratum, on_delete=models.PROTECT, related_name="strata")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "code"], name="stratum_once"),
            models.CheckConstraint(
                name="stratum_group", condition=Q(group__in=["internal", "external", "expert"])
            ),
            models.CheckConstraint(
                name="stratum_channel", condition=Q(channel__in=["sample", "open", "interview"])
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def name(self) -> str:
        """The label in the current language."""
        return in_language(self.label)


class ServiceArea(models.Model):
    """What an agency is rated on: a public service, or for its employees a unit of work.

    Attributes:
        name: by language.
        unit: the unit of the agency that provides it.
        category: code of an ``espi.service_categories.ServiceCategory``.
        spellings: further ways in which lists write the name.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="service_areas")
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="service_areas")
    group = models.CharField(max_length=16, choices=Group.choices)
    code = models.SlugField(max_length=50)
    name = models.JSONField()
    unit = models.CharField(max_length=200, blank=True)
    category = models.SlugField()
    spellings = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "agency", "code"], name="service_area_once"),
            models.CheckConstraint(
                name="service_area_group", condition=Q(group__in=["internal", "external"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id}: {self.code}"

    @property
    def label(self) -> str:
        """The name in the current language."""
        return in_language(self.name)

    @property
    def category_label(self) -> str:
        """The name of the category in the current language."""
        return in_language(CATEGORIES[self.category].name)


class RegisterVersion(models.Model):
    """The register of service areas of a wave as it stood after a change; none is ever changed.

    Attributes:
        number: 1 for the first of the wave.
        content: ``services.csv``, rows in the order of agency, group and code.
        digest: SHA-256 of the content, hexadecimal; both banks show it.
        changed_by: name of the account, or ``command``.
    """

    wave = models.ForeignKey(Wave, on_delete=models.CASCADE, related_name="register_versions")
    number = models.PositiveIntegerField()
    content = models.TextField()
    digest = models.CharField(max_length=64)
    changed_by = models.CharField(max_length=150)
    changed_on = models.DateField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["wave", "number"], name="register_version_once")
        ]

    def __str__(self) -> str:
        return f"{self.wave_id}: {self.number}"
