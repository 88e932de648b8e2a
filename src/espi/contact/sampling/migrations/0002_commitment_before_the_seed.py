"""Commit to the lists before the seed of the draw is known.

Whoever knew the seed before the lists are fixed could choose who is drawn. The commitment, the two
salts that hide each person in it, and the dice get tables; a draw notes where its seed came from.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0002_lists_closed"),
        ("frame", "0001_initial"),
        ("sampling", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="sampledraw",
            name="source",
            field=models.CharField(blank=True, max_length=200),
        ),
        migrations.CreateModel(
            name="FrameCommitment",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("document", models.TextField()),
                ("digest", models.CharField(max_length=64)),
                ("committed_at", models.DateTimeField()),
                ("committed_by", models.CharField(max_length=150)),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FrameSalt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("list_salt", models.BinaryField(max_length=32)),
                ("unit_salt", models.BinaryField(max_length=32)),
                (
                    "person",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="salt",
                        to="frame.person",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DiceThrow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("by", models.CharField(max_length=150)),
                ("throws", models.CharField(max_length=400)),
                ("thrown_at", models.DateTimeField()),
                (
                    "wave",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="dice",
                        to="design.wave",
                    ),
                ),
            ],
            options={
                "ordering": ("id",),
                "constraints": [models.UniqueConstraint(fields=("wave", "by"), name="dice_once")],
            },
        ),
    ]
