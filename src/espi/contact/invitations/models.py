"""Invitations, the commitment to them, and what is kept of a fieldwork after its closing."""

from __future__ import annotations

from uuid import uuid4

from django.db import models
from django.db.models import Q

from espi.contact.sampling.models import SampleCase
from espi.design.models import KeyStratum, Stratum, Wave
from espi.platform.fields import FixedBinaryField, FixedCharField, FixedDateField

OLD_CHECK_CODE = 9  # characters, as "7KQ2-42MX"


class Invitation(models.Model):
    """One right to one signature. The code itself is derived and never stored.

    Attributes:
        reference: random, and the only name of the invitation outside this table.
        case: the drawn person; empty for slips and planted invitations, which belong to nobody.
        check_code: the authenticity code: in each message, to check that it is genuine.
        old_check_code: the shorter one, if it was sent before codes had 75 bits.
        finished_on: the day alone, never the time; forgotten at the closing.
        blinded_hash: SHA-256 of the blinded message, so that a lost reply can be repeated; wiped
            when no browser can hold the message any more, and at the closing.

    What changes when a person finishes has a fixed length and stands in no index, so that on SQLite
    the row is overwritten in place and the file keeps no order of finishing. On PostgreSQL a
    changed row goes to a new place with a new transaction number: there the order stays until the
    next night (``espi fieldwork tidy``) or the closing.
    """

    class State(models.TextChoices):
        OPEN = "open", "open"
        FINISHED = "finished", "finished"
        EXPIRED = "expired", "expired"

    class Origin(models.TextChoices):
        SAMPLE = "sample", "sample"
        SLIP = "slip", "slip"
        PLANTED = "planted", "planted"

    reference = models.UUIDField(unique=True, default=uuid4)
    origin = models.CharField(max_length=8, choices=Origin.choices, default=Origin.SAMPLE)
    case = models.OneToOneField(SampleCase, on_delete=models.PROTECT, null=True)
    stratum = models.ForeignKey(Stratum, on_delete=models.PROTECT)
    wave = models.ForeignKey(Wave, on_delete=models.PROTECT)
    key_stratum = models.ForeignKey(KeyStratum, on_delete=models.PROTECT)
    code_hash = models.BinaryField(max_length=32, unique=True)
    check_code = models.CharField(max_length=17, db_index=True)
    old_check_code = models.CharField(max_length=OLD_CHECK_CODE, blank=True, db_index=True)
    language = models.CharField(max_length=2)
    state = FixedCharField(max_length=8, choices=State.choices, default=State.OPEN)
    finished_on = FixedDateField(default=None)
    blinded_hash = FixedBinaryField(max_length=32, default=None)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="invitation_state", condition=Q(state__in=["open", "finished", "expired"])
            ),
            models.CheckConstraint(
                name="invitation_only_finished_has_day",
                condition=Q(state="finished") | Q(finished_on=None, blinded_hash=None),
            ),
            models.CheckConstraint(
                name="invitation_origin",
                condition=Q(origin="sample", case__isnull=False)
                | Q(origin__in=["slip", "planted"], case=None),
            ),
        ]

    def __str__(self) -> str:
        return self.check_code


class DirectoryCommitment(models.Model):
    """The first entries of the public log: keys and invitations, fixed before fieldwork.

    Attributes:
        entries: the entries as text, in their order.
        root: root of the tree over them, 32 bytes; compiled into the booth, which checks against
            it what the registry answers.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    entries = models.JSONField()
    root = models.BinaryField(max_length=32)

    def __str__(self) -> str:
        return bytes(self.root).hex()


class FieldworkSummary(models.Model):
    """Counts of a fieldwork that are kept after its closing, when days and times are forgotten.

    The table belongs to this app because it was made here; ``espi.contact.fieldwork.summary``
    writes and reads it.

    Attributes:
        days: a list of day (ISO) and counts: messages delivered and read, people who finished.
        messages: how many messages, by channel and state.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    days = models.JSONField()
    messages = models.JSONField()

    def __str__(self) -> str:
        return self.wave.code
