"""Population lists, the persons accepted from them, and the rows that go back.

The database itself holds that each row of a list has exactly one fate, that a person can be
reached, and that a number or address is in a wave only once: a person on two lists would have a
double chance to be drawn.
"""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("design", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Upload",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("internal", "Internal"),
                            ("external", "External"),
                            ("expert", "Expert"),
                        ],
                        max_length=16,
                    ),
                ),
                ("file_name", models.CharField(max_length=200)),
                ("digest", models.CharField(max_length=64)),
                ("columns", models.JSONField(default=list)),
                ("rows", models.PositiveIntegerField()),
                ("accepted", models.PositiveIntegerField()),
                ("rejected", models.PositiveIntegerField()),
                ("ineligible", models.PositiveIntegerField()),
                ("duplicates", models.PositiveIntegerField()),
                ("uploaded_by", models.CharField(max_length=150)),
                ("uploaded_at", models.DateTimeField()),
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
                "ordering": ("-uploaded_at", "-id"),
            },
        ),
        migrations.CreateModel(
            name="RejectedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("row_number", models.PositiveIntegerField()),
                ("cells", models.JSONField()),
                ("reasons", models.JSONField()),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rejected_rows",
                        to="frame.upload",
                    ),
                ),
            ],
            options={
                "ordering": ("row_number",),
            },
        ),
        migrations.CreateModel(
            name="Person",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("internal", "Internal"),
                            ("external", "External"),
                            ("expert", "Expert"),
                        ],
                        max_length=16,
                    ),
                ),
                ("name", models.CharField(max_length=200)),
                ("phone", models.CharField(blank=True, max_length=16)),
                ("email", models.CharField(blank=True, max_length=254)),
                ("unit", models.CharField(max_length=200)),
                ("job_title", models.CharField(blank=True, max_length=200)),
                ("started_on", models.DateField(null=True)),
                ("service", models.CharField(blank=True, max_length=200)),
                ("served_on", models.DateField(null=True)),
                ("language", models.CharField(default="id", max_length=2)),
                ("eligible", models.BooleanField()),
                ("exclusion", models.CharField(blank=True, max_length=32)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.agency"
                    ),
                ),
                (
                    "stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.stratum"
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
                (
                    "upload",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="persons",
                        to="frame.upload",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__in", ["internal", "external", "expert"])),
                name="upload_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "rows",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                models.F("accepted"), "+", models.F("rejected")
                            ),
                            "+",
                            models.F("ineligible"),
                        ),
                    )
                ),
                name="upload_every_row_has_one_fate",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("duplicates__lte", models.F("rejected"))),
                name="upload_duplicates_are_rejected",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                fields=("wave", "agency", "group", "digest"), name="upload_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="rejectedrow",
            constraint=models.UniqueConstraint(
                fields=("upload", "row_number"), name="rejected_row_once"
            ),
        ),
        migrations.AddIndex(
            model_name="person",
            index=models.Index(fields=["stratum", "eligible"], name="person_of_stratum"),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__in", ["internal", "external", "expert"])),
                name="person_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("phone", ""), _negated=True),
                    models.Q(("email", ""), _negated=True),
                    _connector="OR",
                ),
                name="person_can_be_reached",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("eligible", True), ("exclusion", "")),
                    models.Q(("eligible", False), models.Q(("exclusion", ""), _negated=True)),
                    _connector="OR",
                ),
                name="person_exclusion_has_reason",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("phone", ""), _negated=True),
                fields=("wave", "phone"),
                name="person_phone_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="person",
            constraint=models.UniqueConstraint(
                condition=models.Q(("email", ""), _negated=True),
                fields=("wave", "email"),
                name="person_email_once",
            ),
        ),
    ]
