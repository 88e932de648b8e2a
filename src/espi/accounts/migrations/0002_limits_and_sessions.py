"""Count failed sign-ins, and let all sessions of an account end at once.

``session_epoch`` is part of what a session must match, so a disabled account, or one with another
role, is signed out wherever it is. Every session that is open when this is installed ends once.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="staff",
            name="session_epoch",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.CreateModel(
            name="SignInLimit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("pair", "account and network"),
                            ("account", "account"),
                            ("network", "network"),
                            ("device", "browser that has signed in to the account before"),
                        ],
                        max_length=8,
                    ),
                ),
                ("slot", models.PositiveIntegerField()),
                ("failures", models.FloatField(default=0)),
                ("failed_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("kind", "slot"), name="sign_in_limit_once")
                ],
            },
        ),
    ]
