"""A wave goes on without an agency, and its register of service areas keeps every version.

Until now one missing list stopped the whole wave. Two new, empty tables hold what two people decided
about an agency, and each version of the register; strata may follow services, and an agency names
the codes that it had before. Existing rows get empty lists. It can be undone while no agency is
dropped; agencies and strata of a nation are some thousand rows, so it takes no time.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0006_service_areas"),
    ]

    operations = [
        migrations.AddField(
            model_name="agency",
            name="formerly",
            field=models.JSONField(default=list),
        ),
        migrations.AddField(
            model_name="stratum",
            name="services",
            field=models.JSONField(default=list),
        ),
        migrations.CreateModel(
            name="DroppedAgency",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("reason", models.JSONField()),
                ("withheld", models.BooleanField(default=False)),
                ("asked_by", models.CharField(blank=True, max_length=150)),
                ("asked_on", models.DateField()),
                ("confirmed_by", models.CharField(blank=True, max_length=150)),
                ("confirmed_on", models.DateField(null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.agency"
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="dropped_agencies",
                        to="design.wave",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("wave", "agency"), name="agency_dropped_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", ""),
                            models.Q(("confirmed_by", models.F("asked_by")), _negated=True),
                            _connector="OR",
                        ),
                        name="agency_dropped_by_two",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RegisterVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("content", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("changed_by", models.CharField(max_length=150)),
                ("changed_on", models.DateField()),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="register_versions",
                        to="design.wave",
                    ),
                ),
            ],
            options={
                "ordering": ("number",),
                "constraints": [
                    models.UniqueConstraint(fields=("wave", "number"), name="register_version_once")
                ],
            },
        ),
    ]
