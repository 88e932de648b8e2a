"""Tables of the box. Those that hold ballots keep no order of arrival: see CreateModelByKey."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from espi.platform.operations import CreateModelByKey


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("design", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Batch",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("number", models.PositiveIntegerField()),
                ("closed_on", models.DateField()),
                ("size", models.PositiveIntegerField()),
                ("root", models.BinaryField(max_length=32)),
                (
                    "key_stratum",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, to="design.keystratum"
                    ),
                ),
            ],
        ),
        CreateModelByKey(
            name="Ballot",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("prepared", models.BinaryField(max_length=64)),
                ("signature", models.BinaryField(max_length=384)),
                ("envelope", models.BinaryField(max_length=8273)),
                (
                    "key_stratum",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="design.keystratum",
                    ),
                ),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="ballotbox.batch",
                    ),
                ),
            ],
        ),
        CreateModelByKey(
            name="Intake",
            fields=[
                ("digest", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("prepared", models.BinaryField(max_length=64)),
                ("signature", models.BinaryField(max_length=384)),
                ("envelope", models.BinaryField(max_length=8273)),
                (
                    "key_stratum",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="design.keystratum",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("released", models.PositiveIntegerField()),
                ("opened", models.PositiveIntegerField()),
                ("spoiled", models.PositiveIntegerField()),
                ("extract_name", models.CharField(max_length=200)),
                ("extract_digest", models.CharField(max_length=64)),
                ("report", models.JSONField()),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT, to="design.wave"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="batch",
            constraint=models.UniqueConstraint(fields=("key_stratum", "number"), name="batch_once"),
        ),
        migrations.AddConstraint(
            model_name="opening",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "released",
                        django.db.models.expressions.CombinedExpression(
                            models.F("opened"), "+", models.F("spoiled")
                        ),
                    )
                ),
                name="opening_counts_reconcile",
            ),
        ),
    ]
