"""An upload has a state: a list from the page is read by the worker, and written in many short
transactions, so it can be there before its rows are. A refused file may be uploaded again."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("design", "0004_channels_and_levels"),
        ("frame", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="upload",
            name="upload_once",
        ),
        migrations.AddField(
            model_name="upload",
            name="refusal",
            field=models.JSONField(null=True),
        ),
        migrations.AddField(
            model_name="upload",
            name="state",
            field=models.CharField(
                choices=[
                    ("waiting", "Waiting to be read"),
                    ("reading", "Being read"),
                    ("read", "Has been read"),
                    ("refused", "Refused"),
                ],
                default="read",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="upload",
            name="stored_as",
            field=models.CharField(blank=True, max_length=64),
        ),
        migrations.AddField(
            model_name="upload",
            name="touched_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "refused"), _negated=True),
                fields=("wave", "agency", "group", "digest"),
                name="upload_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["waiting", "reading", "read", "refused"])),
                name="upload_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="upload",
            constraint=models.CheckConstraint(
                condition=models.Q(("state", "read"), ("rows", 0), _connector="OR"),
                name="upload_counts_when_read",
            ),
        ),
    ]
