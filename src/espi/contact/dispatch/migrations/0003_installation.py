"""The database's half of the mark by which a restored or copied database is noticed."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0002_lanes_and_attempts")]

    operations = [
        migrations.CreateModel(
            name="Installation",
            fields=[
                (
                    "number",
                    models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("identifier", models.CharField(blank=True, max_length=32)),
                ("generation", models.BigIntegerField(default=0)),
                ("lost", models.JSONField(default=list)),
                ("first_by", models.CharField(blank=True, max_length=150)),
                ("first_about", models.CharField(blank=True, max_length=100)),
                ("first_nothing_sent", models.BooleanField(default=False)),
                ("first_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("number", 1)), name="installation_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("generation__gte", 0)),
                        name="installation_generation",
                    ),
                ],
            },
        ),
    ]
