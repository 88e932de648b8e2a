"""Releases approved by two people, and the scores others published of earlier waves."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("design", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PublishedScore",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("year", models.PositiveSmallIntegerField()),
                ("institution_id", models.CharField(max_length=32)),
                ("institution", models.CharField(db_index=True, max_length=200)),
                ("level", models.CharField(max_length=32)),
                ("region_code", models.CharField(blank=True, max_length=32)),
                ("index", models.FloatField()),
                ("internal", models.FloatField()),
                ("external", models.FloatField()),
                ("expert", models.FloatField()),
                ("corrections", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "institution_id"), name="published_score_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Release",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("proposed", "Proposed"),
                            ("released", "Released"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="proposed",
                        max_length=16,
                    ),
                ),
                ("run_digest", models.CharField(max_length=64)),
                ("results", models.JSONField()),
                ("digest", models.CharField(max_length=64)),
                ("released_on", models.DateField(null=True)),
                ("withdrawn_because", models.TextField(blank=True)),
                (
                    "approved_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "proposed_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="releases",
                        to="design.wave",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["proposed", "released", "withdrawn"])),
                        name="release_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("approved_by__isnull", True),
                            models.Q(("approved_by", models.F("proposed_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="release_four_eyes",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "released"), _negated=True),
                            models.Q(
                                ("approved_by__isnull", False), ("released_on__isnull", False)
                            ),
                            _connector="OR",
                        ),
                        name="release_was_approved",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "proposed")),
                        fields=("wave",),
                        name="release_proposed_once",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("state", "released")),
                        fields=("wave",),
                        name="release_once",
                    ),
                ],
            },
        ),
    ]
