"""What carriers call people, and the replies that a person must read."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("dispatch", "0003_installation")]

    operations = [
        migrations.CreateModel(
            name="CarrierIdentity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipient", models.UUIDField(db_index=True)),
                ("value", models.CharField(max_length=255)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("value", "recipient"), name="carrier_identity_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="InboundMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("carrier_id", models.CharField(max_length=255, null=True, unique=True)),
                ("received_at", models.DateTimeField(db_index=True)),
                ("kind", models.CharField(max_length=32)),
                ("text", models.TextField(blank=True)),
                ("identities", models.JSONField(default=list)),
                ("handled_at", models.DateTimeField(null=True)),
                ("handled_by", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("handled_at", None),
                            models.Q(("identities", []), ("text", "")),
                            _connector="OR",
                        ),
                        name="inbound_handled_is_empty",
                    )
                ],
            },
        ),
    ]
