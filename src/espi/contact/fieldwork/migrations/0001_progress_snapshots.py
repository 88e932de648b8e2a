"""Keep what liaisons are shown each day.

Live counts, even from ten on, told a superior who was drawn and who had just answered.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [("design", "0004_channels_and_levels")]

    operations = [
        migrations.CreateModel(
            name="ProgressSnapshot",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("agency_code", models.SlugField()),
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
                ("on", models.DateField()),
                ("percent", models.PositiveSmallIntegerField(null=True)),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="progress_snapshots",
                        to="design.wave",
                    ),
                ),
            ],
            options={
                "ordering": ["agency_code", "group"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("wave", "agency_code", "group", "on"),
                        name="progress_snapshot_once",
                    )
                ],
            },
        ),
    ]
