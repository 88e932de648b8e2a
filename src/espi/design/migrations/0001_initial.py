"""The public facts of a wave: agencies, strata, instruments, specification, calendar and phase.

Both banks have these tables. The database refuses unknown phases, groups and types, a calendar
that ends before it begins, and a minimum cell below ten.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="KeyStratum",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.CharField(max_length=80)),
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
                ("label", models.JSONField()),
                ("public_key", models.TextField(blank=True)),
                ("invited_count", models.PositiveIntegerField(default=0)),
            ],
        ),
        migrations.CreateModel(
            name="Specification",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField()),
                ("version", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("content", models.JSONField()),
            ],
        ),
        migrations.CreateModel(
            name="Agency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("name", models.CharField(max_length=200)),
                (
                    "type",
                    models.CharField(
                        choices=[
                            ("ministry", "Ministry"),
                            ("agency", "Agency"),
                            ("province", "Province"),
                            ("regency", "Regency"),
                            ("city", "City"),
                        ],
                        max_length=16,
                    ),
                ),
                ("sector", models.SlugField(blank=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("type__in", ["ministry", "agency", "province", "regency", "city"])
                        ),
                        name="agency_type",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Instrument",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField()),
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
                ("version", models.CharField(max_length=16)),
                ("digest", models.CharField(max_length=64, unique=True)),
                ("content", models.JSONField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "version"), name="instrument_version_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group__in", ["internal", "external", "expert"])),
                        name="instrument_group",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Wave",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("code", models.SlugField(unique=True)),
                ("title", models.JSONField()),
                ("year", models.PositiveSmallIntegerField()),
                (
                    "phase",
                    models.CharField(
                        choices=[
                            ("design", "Design"),
                            ("frames", "Population lists"),
                            ("drawn", "Sample drawn"),
                            ("field", "Fieldwork"),
                            ("closed", "Closed"),
                            ("opened", "Opened"),
                            ("estimated", "Estimated"),
                            ("released", "Released"),
                        ],
                        default="design",
                        max_length=16,
                    ),
                ),
                ("opens_on", models.DateField()),
                ("closes_on", models.DateField()),
                ("level", models.CharField(default="L1", max_length=2)),
                ("minimum_cell", models.PositiveSmallIntegerField(default=10)),
                ("margin_of_error", models.FloatField()),
                ("expected_response", models.JSONField()),
                ("election_key", models.JSONField(null=True)),
                ("rehearsal", models.BooleanField()),
                ("instruments", models.ManyToManyField(to="design.instrument")),
                (
                    "specification",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.specification"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Stratum",
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
                ("code", models.CharField(max_length=80)),
                ("label", models.JSONField()),
                ("units", models.JSONField(default=list)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strata",
                        to="design.agency",
                    ),
                ),
                (
                    "key_stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="strata",
                        to="design.keystratum",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="strata",
                        to="design.wave",
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="keystratum",
            name="wave",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="key_strata",
                to="design.wave",
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "phase__in",
                        [
                            "design",
                            "frames",
                            "drawn",
                            "field",
                            "closed",
                            "opened",
                            "estimated",
                            "released",
                        ],
                    )
                ),
                name="wave_phase",
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(("opens_on__lt", models.F("closes_on"))), name="wave_calendar"
            ),
        ),
        migrations.AddConstraint(
            model_name="wave",
            constraint=models.CheckConstraint(
                condition=models.Q(("minimum_cell__gte", 10)), name="wave_cell"
            ),
        ),
        migrations.AddConstraint(
            model_name="stratum",
            constraint=models.UniqueConstraint(fields=("wave", "code"), name="stratum_once"),
        ),
        migrations.AddConstraint(
            model_name="stratum",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__in", ["internal", "external", "expert"])),
                name="stratum_group",
            ),
        ),
        migrations.AddConstraint(
            model_name="keystratum",
            constraint=models.UniqueConstraint(fields=("wave", "code"), name="key_stratum_once"),
        ),
        migrations.AddConstraint(
            model_name="keystratum",
            constraint=models.CheckConstraint(
                condition=models.Q(("group__in", ["internal", "external", "expert"])),
                name="key_stratum_group",
            ),
        ),
    ]
