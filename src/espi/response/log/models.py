"""The log's tables. Entries are added and never changed; only their order is kept, as the log's."""

from __future__ import annotations

from django.db import models

from espi.design.models import Wave


class Log(models.Model):
    """The log of a wave.

    Attributes:
        origin: its name in every checkpoint.
        opening: how many entries the first checkpoint has: the directory.
        closed: whether the signer's closing statement is in it.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    origin = models.CharField(max_length=200, unique=True)
    opening = models.PositiveIntegerField()
    closed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.origin


class Entry(models.Model):
    """One entry, as it is published.

    Attributes:
        leaf: its leaf hash, so that a root needs no look at the entries.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="entries")
    index = models.PositiveIntegerField()
    data = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "index"], name="log_entry_once")]

    def __str__(self) -> str:
        return f"{self.log_id} {self.index}"


class Checkpoint(models.Model):
    """The log at one moment, signed; the day is kept and nothing finer.

    Attributes:
        note: text and the log's signature.
        cosignatures: lines of witnesses.
    """

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="checkpoints")
    size = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)
    note = models.TextField()
    cosignatures = models.JSONField(default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["log", "size"], name="checkpoint_once")]
        ordering = ["size"]

    def __str__(self) -> str:
        return f"{self.log_id} {self.size}"
