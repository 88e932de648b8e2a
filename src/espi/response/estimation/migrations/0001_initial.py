"""Corrections of the index, and runs of the method with digests of all that they read.

A correction takes points from an agency, so constraints let nobody approve their own, and let one
fact count once in a wave. A run keeps its digests so that it can be repeated and compared.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("design", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Correction",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.SlugField()),
                ("value", models.FloatField()),
                ("occurred_on", models.DateField()),
                ("source", models.CharField(max_length=200)),
                ("evidence", models.TextField()),
                ("author", models.CharField(max_length=150)),
                ("approver", models.CharField(blank=True, max_length=150)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.agency"
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
                "ordering": ("id",),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("value__gte", 0), ("value__lte", 100)),
                        name="correction_value",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("approver", ""), ("state", "proposed")),
                            models.Q(
                                ("state__in", ["approved", "refused"]),
                                models.Q(("approver", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="correction_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("author", models.F("approver")), _negated=True),
                        name="correction_by_two_people",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "refused"), _negated=True),
                        fields=("wave", "agency", "name"),
                        name="correction_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="EstimationRun",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("run_on", models.DateField()),
                ("run_by", models.CharField(max_length=150)),
                ("seed", models.CharField(max_length=80)),
                ("extract_digest", models.CharField(max_length=64)),
                ("tallies_digest", models.CharField(max_length=64)),
                ("corrections_digest", models.CharField(max_length=64)),
                ("specification_digest", models.CharField(max_length=64)),
                ("method_version", models.CharField(max_length=64)),
                ("results", models.JSONField()),
                ("results_digest", models.CharField(max_length=64)),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
            ],
            options={
                "ordering": ("-number",),
                "constraints": [
                    models.UniqueConstraint(fields=("wave", "number"), name="run_once")
                ],
            },
        ),
    ]
