"""Closing a wave takes two people, and each bank tells the other that it closes and when it did."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("design", "0004_channels_and_levels")]

    operations = [
        migrations.AddField(
            model_name="wave",
            name="closing_announced",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="wave",
            name="closed_on",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="ClosingRequest",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_on", models.DateField()),
                (
                    "wave",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, to="design.wave"
                    ),
                ),
            ],
        ),
    ]
