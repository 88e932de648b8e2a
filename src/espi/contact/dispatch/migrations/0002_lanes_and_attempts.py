"""Let outages, doubts and late reports be told apart from trouble with a person.

A lane stands still while its carrier is away or refuses us; an attempt that a later one replaced is
kept, so that a late report still finds its message; ``reported_at`` shows whether reports come at
all, without which silence proves nothing; a report that is set aside says why.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dispatch", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="EarlierAttempt",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("attempt_id", models.CharField(max_length=32, unique=True)),
                ("attempted_at", models.DateTimeField()),
                ("carrier_id", models.CharField(blank=True, db_index=True, max_length=255)),
                ("error", models.CharField(blank=True, max_length=64)),
                ("failed", models.BooleanField(default=False)),
            ],
        ),
        migrations.CreateModel(
            name="Lane",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("channel", models.CharField(max_length=16, unique=True)),
                ("blocked_until", models.DateTimeField(null=True)),
                ("blocked_at", models.DateTimeField(null=True)),
                ("blocked_since", models.DateTimeField(null=True)),
                ("error", models.CharField(blank=True, max_length=64)),
                ("wait_seconds", models.PositiveIntegerField(default=0)),
                ("failures", models.PositiveSmallIntegerField(default=0)),
                ("streak", models.PositiveIntegerField(default=0)),
                ("streak_error", models.CharField(blank=True, max_length=64)),
                ("streak_message", models.BigIntegerField(null=True)),
            ],
        ),
        migrations.AddField(
            model_name="campaign",
            name="paused_for",
            field=models.CharField(blank=True, default="", max_length=16),
        ),
        migrations.AddField(
            model_name="outboundmessage",
            name="postponed",
            field=models.PositiveSmallIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="outboundmessage",
            name="reported_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="webhookdelivery",
            name="reason",
            field=models.CharField(blank=True, default="", max_length=200),
        ),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(("reported_at__isnull", False)),
                fields=["channel", "attempted_at"],
                name="message_reported",
            ),
        ),
        migrations.AddField(
            model_name="earlierattempt",
            name="message",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="earlier_attempts",
                to="dispatch.outboundmessage",
            ),
        ),
    ]
