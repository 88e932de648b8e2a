"""Sealed ballots. A row is identified by its content alone: no time, no address, no person.

A ballot that waits for others of its key stratum is in no table: it lies in the file of
``espi.response.ballotbox.slots``, which has no order. Tables get whole batches, sorted by digest
and in one transaction. So neither rows, indexes nor a write-ahead log show the order within a
batch; the order of the batches is public (the log shows it).

On SQLite the table of ballots has no row numbers (``WITHOUT ROWID``, see the migration), and a page
holds a whole ballot (``espi.site.environment``). On PostgreSQL all rows of a batch carry the same
transaction number.
"""

from __future__ import annotations

from django.db import models

from espi.design.models import KeyStratum, Wave


class IntakeFile(models.Model):
    """Which file holds the waiting ballots of this box; at most one row.

    Attributes:
        identity: 16 random bytes that also stand in the file.
    """

    identity = models.BinaryField(max_length=16, unique=True)

    def __str__(self) -> str:
        return bytes(self.identity).hex()


class Batch(models.Model):
    """Ballots of one stratum that were released together: at least the minimum cell.

    Attributes:
        closed_on: the day; nothing finer is kept.
        root: commits to the ballots, RFC 9162 over their digests.
        logged: whether its ballots are in the public log; the newest batch of a stratum is held
            back until the closing, so that a rest below the minimum can join it.

    When the log is sealed the batches of a stratum become one: days and numbers of batches are
    forgotten (``espi.response.ballotbox.publishing``).
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
    """The opening of a wave's ballots: how many there were, and the extract of their records.

    Attributes:
        planted: how many of the released ballots were auditors', and left out of the extract.
        transcript_digest: SHA-256 of the transcript of the ceremony, hexadecimal.
        extract_digest: SHA-256 of the extract's file, hexadecimal.
        report: spoiled ballots by reason, joined labels, counts (docs/reference/files.md).
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
