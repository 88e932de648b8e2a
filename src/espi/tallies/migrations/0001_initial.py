"""Counts that may cross between the banks.

The database refuses a count between 1 and 9, whatever program writes it: so small a count could
point at persons.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wave_code", models.SlugField()),
                ("stratum_code", models.CharField(max_length=80)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("population", "people on the list"),
                            ("invited", "people invited"),
                            ("issued", "signatures issued"),
                        ],
                        max_length=16,
                    ),
                ),
                ("count", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("wave_code", "stratum_code", "kind"), name="tally_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["population", "invited", "issued"])),
                        name="tally_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("count", 0), ("count__gte", 10), _connector="OR"),
                        name="tally_minimum_cell",
                    ),
                ],
            },
        ),
    ]
