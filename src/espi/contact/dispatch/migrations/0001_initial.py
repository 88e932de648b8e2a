"""The outbox of messages, the reports of carriers, and who said stop."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="SenderLease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("sender", models.CharField(max_length=64, unique=True)),
                ("holder", models.CharField(max_length=120)),
                ("until", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("wave_code", models.SlugField()),
                (
                    "kind",
                    models.CharField(
                        choices=[("invitation", "Invitation"), ("reminder", "Reminder")],
                        max_length=16,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "Running"), ("paused", "Paused")],
                        default="running",
                        max_length=16,
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=200)),
                ("planned_at", models.DateTimeField()),
                ("planned_by", models.CharField(max_length=150)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("wave_code", "kind"), name="campaign_once"),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["invitation", "reminder"])),
                        name="campaign_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["running", "paused"])),
                        name="campaign_state",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutboundMessage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipient", models.UUIDField(db_index=True)),
                (
                    "channel",
                    models.CharField(
                        choices=[("whatsapp", "WhatsApp"), ("email", "E-mail")], max_length=16
                    ),
                ),
                ("address", models.CharField(db_index=True, max_length=254)),
                ("template", models.SlugField()),
                ("variables", models.JSONField(default=dict)),
                ("language", models.CharField(max_length=2)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("planned", "waits for the channel before it"),
                            ("ready", "ready"),
                            ("leased", "taken by the dispatcher"),
                            ("sending", "on the wire"),
                            ("accepted", "accepted by the carrier"),
                            ("held", "held by the carrier"),
                            ("uncertain", "outcome not known"),
                            ("sent", "sent"),
                            ("delivered", "delivered"),
                            ("read", "read"),
                            ("failed", "failed"),
                            ("cancelled", "no longer needed"),
                            ("suppressed", "the person said stop"),
                        ],
                        max_length=16,
                    ),
                ),
                ("due_at", models.DateTimeField()),
                ("leased_until", models.DateTimeField(null=True)),
                ("attempts", models.PositiveSmallIntegerField(default=0)),
                ("attempt_id", models.CharField(blank=True, max_length=32)),
                ("attempted_at", models.DateTimeField(null=True)),
                ("carrier_id", models.CharField(blank=True, max_length=255)),
                ("error", models.CharField(blank=True, max_length=64)),
                ("resent", models.BooleanField(default=False)),
                (
                    "campaign",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="dispatch.campaign",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeliveryStatus",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("status", models.CharField(max_length=16)),
                ("at", models.DateTimeField()),
                (
                    "message",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="statuses",
                        to="dispatch.outboundmessage",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Suppression",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("recipient", models.UUIDField(null=True, unique=True)),
                ("address_mark", models.CharField(max_length=64, null=True, unique=True)),
                ("reason", models.CharField(max_length=32)),
                ("since", models.DateField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("address_mark", None), ("recipient__isnull", False)),
                            models.Q(("address_mark__isnull", False), ("recipient", None)),
                            _connector="OR",
                        ),
                        name="suppression_of_one",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="WebhookDelivery",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("body", models.BinaryField()),
                ("received_at", models.DateTimeField()),
                ("processed", models.BooleanField(default=False)),
                ("faulty", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("processed", False)),
                        fields=["id"],
                        name="webhook_waits",
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(("state", "ready")),
                fields=["channel", "due_at"],
                name="message_due",
            ),
        ),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(("attempt_id", ""), _negated=True),
                fields=["attempt_id"],
                name="message_attempt",
            ),
        ),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(
                condition=models.Q(("carrier_id", ""), _negated=True),
                fields=["carrier_id"],
                name="message_carrier",
            ),
        ),
        migrations.AddIndex(
            model_name="outboundmessage",
            index=models.Index(fields=["campaign", "state"], name="message_of_campaign"),
        ),
        migrations.AddConstraint(
            model_name="outboundmessage",
            constraint=models.UniqueConstraint(
                fields=("campaign", "recipient", "channel"), name="message_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="outboundmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "state__in",
                        [
                            "planned",
                            "ready",
                            "leased",
                            "sending",
                            "accepted",
                            "held",
                            "uncertain",
                            "sent",
                            "delivered",
                            "read",
                            "failed",
                            "cancelled",
                            "suppressed",
                        ],
                    )
                ),
                name="message_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboundmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(("channel__in", ["whatsapp", "email"])), name="message_channel"
            ),
        ),
        migrations.AddConstraint(
            model_name="outboundmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("leased_until__isnull", False), ("state", "leased")),
                    models.Q(models.Q(("state", "leased"), _negated=True), ("leased_until", None)),
                    _connector="OR",
                ),
                name="message_lease",
            ),
        ),
        migrations.AddConstraint(
            model_name="outboundmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state__in", ["sending", "uncertain"]), _negated=True),
                    models.Q(
                        models.Q(("attempt_id", ""), _negated=True), ("attempted_at__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="message_wire_has_attempt",
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverystatus",
            constraint=models.UniqueConstraint(
                fields=("message", "status"), name="delivery_status_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="deliverystatus",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("status__in", ["accepted", "sent", "delivered", "read", "failed"])
                ),
                name="delivery_status_known",
            ),
        ),
    ]
