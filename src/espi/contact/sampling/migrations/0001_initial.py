"""The draw of a wave and its cases.

There is one draw in a wave, and rows that a case refers to cannot be deleted: the chance with which
a person was drawn must be known as long as results are published.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("design", "0001_initial"),
        ("frame", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="SampleDraw",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("seed", models.CharField(max_length=80)),
                ("plan", models.JSONField()),
                ("drawn_at", models.DateTimeField()),
                ("drawn_by", models.CharField(max_length=150)),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SampleCase",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("inclusion_probability", models.FloatField()),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="frame.person"
                    ),
                ),
                (
                    "stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.stratum"
                    ),
                ),
                (
                    "draw",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cases",
                        to="sampling.sampledraw",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("inclusion_probability__gt", 0), ("inclusion_probability__lte", 1)
                        ),
                        name="case_probability",
                    )
                ],
            },
        ),
    ]
