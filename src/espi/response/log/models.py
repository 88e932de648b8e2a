"""The tables of the log. Entries are added and never changed.

The order of entries is public; no table knows more of it than the log shows.
"""

from __future__ import annotations

from django.db import models

from espi.design.models import Wave


class Log(models.Model):
    """The log of a wave.

    Attributes:
        origin: its name in every checkpoint.
        directory_size: how many entries the directory has, with which the log begins; the size of
            the first checkpoint.
        closed: whether the signer's closing statement is in it.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    origin = models.CharField(max_length=200, unique=True)
    directory_size = models.PositiveIntegerField(db_column="opening")
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
    """The log at one moment, signed. Of the time only the day of each cosignature is kept.

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
