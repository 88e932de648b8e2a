"""One invitation per drawn person, known by the hash of a derived code."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("design", "0001_initial"),
        ("sampling", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Invitation",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reference", models.UUIDField(default=uuid.uuid4, unique=True)),
                ("code_hash", models.BinaryField(max_length=32, unique=True)),
                ("check_code", models.CharField(db_index=True, max_length=9)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "open"),
                            ("finished", "finished"),
                            ("expired", "expired"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("finished_on", models.DateField(null=True)),
                ("blinded_hash", models.BinaryField(max_length=32, null=True)),
                (
                    "case",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="sampling.samplecase"
                    ),
                ),
                (
                    "key_stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.keystratum"
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["wave", "state"], name="invitation_of_wave")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["open", "finished", "expired"])),
                        name="invitation_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("finished_on__isnull", False), ("state", "finished")),
                            models.Q(
                                models.Q(("state", "finished"), _negated=True),
                                ("blinded_hash", None),
                                ("finished_on", None),
                            ),
                            _connector="OR",
                        ),
                        name="invitation_finished_has_day",
                    ),
                ],
            },
        ),
    ]
