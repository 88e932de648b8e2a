"""The register of what each agency is rated on, so that results speak of services, not of units.

A new, empty table; existing waves have no register and go on by the names of units. It can be
undone, and takes no time on a full wave.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0005_closing_by_two"),
    ]

    operations = [
        migrations.CreateModel(
            name="ServiceArea",
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
                ("code", models.SlugField()),
                ("name", models.JSONField()),
                ("unit", models.CharField(blank=True, max_length=200)),
                ("category", models.SlugField()),
                ("spellings", models.JSONField(default=list)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="service_areas",
                        to="design.agency",
                    ),
                ),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="service_areas",
                        to="design.wave",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("wave", "agency", "code"), name="service_area_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("group__in", ["internal", "external"])),
                        name="service_area_group",
                    ),
                ],
            },
        ),
    ]
