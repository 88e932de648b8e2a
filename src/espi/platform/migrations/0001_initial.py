"""The audit log.

Each line holds the hash of the line before it, so that a line that is altered or taken out breaks
every later one. The order of lines is that of their keys, not of their day.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="AuditLine",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("on", models.DateField()),
                ("actor", models.CharField(max_length=150)),
                ("deed", models.CharField(max_length=80)),
                ("facts", models.JSONField(default=dict)),
                ("chain", models.BinaryField(max_length=32)),
            ],
            options={
                "ordering": ("id",),
            },
        ),
    ]
