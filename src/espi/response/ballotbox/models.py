"""Sealed ballots. A row is known by its content alone: no time, no order, no address, no person.

On SQLite these tables have no row numbers (``WITHOUT ROWID``, see the migration), and a page holds
a whole ballot (``espi.site.environment``): rows lie in the order of their digests, so the file does
not tell which came first. PostgreSQL keeps the place and the transaction number of a row; each
release writes what still waits anew, sorted, in one transaction, so that only ballots since the
last one have an order.

The intake is logged. An unlogged table would leave no trace in PostgreSQL's write-ahead log, but
is emptied after a crash, and no accepted answer may be lost. So the write-ahead log of the box is
not to be archived, and its intake not to be backed up.
"""

from __future__ import annotations

from django.db import models

from espi.design.models import KeyStratum, Wave


class Intake(models.Model):
    """A ballot that was accepted and waits for others of its stratum."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    key_stratum = models.ForeignKey(KeyStratum, on_delete=models.PROTECT, db_index=False)
    prepared = models.BinaryField(max_length=64)
    signature = models.BinaryField(max_length=384)
    envelope = models.BinaryField(max_length=8273)

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class Batch(models.Model):
    """Ballots of one stratum that were released together: at least the minimum cell.

    Attributes:
        closed_on: the day; nothing finer is kept.
        root: commits to the ballots, RFC 9162 over their digests.
        logged: whether its ballots are in the public log; the newest batch of a stratum is held
            back until the closing, so that a small rest can join it.
    """

    key_stratum = models.ForeignKey(KeyStratum, on_delete=models.PROTECT)
    number = models.PositiveIntegerField()
    closed_on = models.DateField()
    size = models.PositiveIntegerField()
    root = models.BinaryField(max_length=32)
    logged = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["key_stratum", "number"], name="batch_once")]

    def __str__(self) -> str:
        return f"{self.key_stratum.code} {self.number}"


class Ballot(models.Model):
    """A released ballot, sealed until the opening."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    key_stratum = models.ForeignKey(KeyStratum, on_delete=models.PROTECT, db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_index=False)
    prepared = models.BinaryField(max_length=64)
    signature = models.BinaryField(max_length=384)
    envelope = models.BinaryField(max_length=8273)

    def __str__(self) -> str:
        return bytes(self.digest).hex()


class Opening(models.Model):
    """The opening of a wave's ballots: how many, and the extract that came of it.

    Attributes:
        planted: how many of the released ballots were auditors', and left out of the extract.
        transcript_digest: SHA-256 of the transcript of the ceremony, hexadecimal.
        extract_digest: SHA-256 of the extract's file, hexadecimal.
        report: counts per key stratum, spoiled ballots by reason, labels that were merged.
    """

    wave = models.OneToOneField(Wave, on_delete=models.PROTECT)
    released = models.PositiveIntegerField()
    opened = models.PositiveIntegerField()
    spoiled = models.PositiveIntegerField()
    planted = models.PositiveIntegerField(default=0)
    transcript_digest = models.CharField(max_length=64, blank=True)
    extract_name = models.CharField(max_length=200)
    extract_digest = models.CharField(max_length=64)
    report = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="opening_counts_reconcile",
                condition=models.Q(
                    released=models.F("opened") + models.F("spoiled") + models.F("planted")
                ),
            )
        ]

    def __str__(self) -> str:
        return f"{self.wave.code}: {self.opened}"
