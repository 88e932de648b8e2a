"""The outbox: messages to opaque recipients, what carriers said of them, and who said stop."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from espi.contact.dispatch import states

# Why a campaign pauses: the first word of its ``reason``, before the channel and the error.
PAUSES = {
    "refused": _(
        "The carrier refuses our account (error %(error)s). One message is tried from time to "
        "time; once it is accepted, the campaign goes on by itself."
    ),
    "template": _(
        "The carrier refuses the message itself (error %(error)s). Mend the template, then let "
        "the campaign go on; nothing is lost."
    ),
    "sender": _(
        "The carrier restricts or refuses the sender (error %(error)s). Clear this up with the "
        "carrier, then let the campaign go on; nothing is lost."
    ),
    "repeated": _(
        "Many messages in a row failed alike (error %(error)s). Look whether that is our fault; "
        "if it is, send them again below, then let the campaign go on."
    ),
}
RESTORED = "restored"  # error of a message whose fate a restored database does not know


class Campaign(models.Model):
    """One message to all recipients of a wave: its invitation, or its reminder.

    Attributes:
        reason: why it is paused, for people to read.
        paused_for: the channel whose carrier refuses us, where that alone paused the campaign: it
            goes on by itself once a probe is accepted. Empty: a person lets it go on.
    """

    class Kind(models.TextChoices):
        INVITATION = "invitation", _("Invitation")
        REMINDER = "reminder", _("Reminder")

    class State(models.TextChoices):
        RUNNING = "running", _("Running")
        PAUSED = "paused", _("Paused")

    wave_code = models.SlugField()
    kind = models.CharField(max_length=16, choices=Kind.choices)
    state = models.CharField(max_length=16, choices=State.choices, default=State.RUNNING)
    reason = models.CharField(max_length=200, blank=True)
    paused_for = models.CharField(max_length=16, blank=True, default="")
    planned_at = models.DateTimeField()
    planned_by = models.CharField(max_length=150)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave_code", "kind"], name="campaign_once"),
            models.CheckConstraint(
                name="campaign_kind", condition=Q(kind__in=["invitation", "reminder"])
            ),
            models.CheckConstraint(
                name="campaign_state", condition=Q(state__in=["running", "paused"])
            ),
        ]

    def __str__(self) -> str:
        return f"{self.wave_code} {self.kind}"

    @property
    def why(self) -> str:
        """Why the campaign is paused, as a sentence for people; empty while it runs."""
        kind, separator, details = self.reason.partition(":")
        if not separator or kind not in PAUSES:
            return self.reason
        return str(PAUSES[kind]) % {"error": details.partition(":")[2]}


class OutboundMessage(models.Model):
    """One message of a campaign to one recipient over one channel.

    Attributes:
        recipient: opaque here; the invitation's reference.
        attempts: tries that count; one that never reached the carrier, or that it refused for a
            reason of ours, is taken off again.
        attempt_id: known to the carrier; new at every try, so that reports find their try.
        reported_at: when the carrier's first report about this attempt was read.
        resent: it was tried again after an unknown outcome, which happens once at most by itself.
        postponed: how often it waited a day because the carrier spares this person for now.
    """

    class Channel(models.TextChoices):
        WHATSAPP = "whatsapp", "WhatsApp"
        EMAIL = "email", _("E-mail")

    State = states.State

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="messages")
    recipient = models.UUIDField(db_index=True)
    channel = models.CharField(max_length=16, choices=Channel.choices)
    address = models.CharField(max_length=254, db_index=True)
    template = models.SlugField()
    variables = models.JSONField(default=dict)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=16, choices=State.choices)
    due_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    attempt_id = models.CharField(max_length=32, blank=True)
    attempted_at = models.DateTimeField(null=True)
    carrier_id = models.CharField(max_length=255, blank=True)
    error = models.CharField(max_length=64, blank=True)
    resent = models.BooleanField(default=False)
    reported_at = models.DateTimeField(null=True)
    postponed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["campaign", "recipient", "channel"], name="message_once"
            ),
            models.CheckConstraint(
                name="message_state", condition=Q(state__in=states.State.values)
            ),
            models.CheckConstraint(
                name="message_channel", condition=Q(channel__in=["whatsapp", "email"])
            ),
            models.CheckConstraint(
                name="message_lease",
                condition=Q(state="leased", leased_until__isnull=False)
                | (~Q(state="leased") & Q(leased_until=None)),
            ),
            models.CheckConstraint(
                name="message_wire_has_attempt",
                condition=~Q(state__in=["sending", "uncertain"])
                | (~Q(attempt_id="") & Q(attempted_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(
                fields=["channel", "due_at"], name="message_due", condition=Q(state="ready")
            ),
            models.Index(
                fields=["attempt_id"], name="message_attempt", condition=~Q(attempt_id="")
            ),
            models.Index(
                fields=["carrier_id"], name="message_carrier", condition=~Q(carrier_id="")
            ),
            models.Index(fields=["campaign", "state"], name="message_of_campaign"),
            models.Index(
                fields=["channel", "attempted_at"],
                name="message_reported",
                condition=Q(reported_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.campaign} {self.channel} {self.state}"


class EarlierAttempt(models.Model):
    """A try of a message that a later try replaced; a report about it still finds the message.

    Attributes:
        failed: the carrier reported that this attempt failed.
    """

    message = models.ForeignKey(
        OutboundMessage, on_delete=models.CASCADE, related_name="earlier_attempts"
    )
    attempt_id = models.CharField(max_length=32, unique=True)
    attempted_at = models.DateTimeField()
    carrier_id = models.CharField(max_length=255, blank=True, db_index=True)
    error = models.CharField(max_length=64, blank=True)
    failed = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.attempt_id


class Lane(models.Model):
    """One channel of the sender, which stands still while its carrier is away or refuses us.

    Attributes:
        blocked_until: nothing leaves before; then one message goes first, as a probe.
        blocked_at: when the present trouble was last seen.
        error: the carrier's error, or what failed; empty while the lane is open.
        failures: troubles in a row; each doubles the wait.
        streak, streak_error, streak_message: how many messages in a row ended with the same error,
            that error, and the last of these messages (one message alone makes no row).
    """

    channel = models.CharField(max_length=16, unique=True)
    blocked_until = models.DateTimeField(null=True)
    blocked_at = models.DateTimeField(null=True)
    blocked_since = models.DateTimeField(null=True)
    error = models.CharField(max_length=64, blank=True)
    wait_seconds = models.PositiveIntegerField(default=0)
    failures = models.PositiveSmallIntegerField(default=0)
    streak = models.PositiveIntegerField(default=0)
    streak_error = models.CharField(max_length=64, blank=True)
    streak_message = models.BigIntegerField(null=True)

    def __str__(self) -> str:
        return self.channel


class DeliveryStatus(models.Model):
    """What a carrier reported of a message, once per status."""

    message = models.ForeignKey(OutboundMessage, on_delete=models.CASCADE, related_name="statuses")
    status = models.CharField(max_length=16)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["message", "status"], name="delivery_status_once"),
            models.CheckConstraint(
                name="delivery_status_known",
                condition=Q(status__in=["accepted", "sent", "delivered", "read", "failed"]),
            ),
        ]

    def __str__(self) -> str:
        return self.status


class WebhookDelivery(models.Model):
    """A signed report as it came; kept before it is understood, emptied after.

    Attributes:
        faulty: it, or a part of it, could not be read.
        reason: why it, or a part of it, was set aside; then the body is kept until a wave closes.
    """

    body = models.BinaryField()
    received_at = models.DateTimeField()
    processed = models.BooleanField(default=False)
    faulty = models.BooleanField(default=False)
    reason = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        indexes = [models.Index(fields=["id"], name="webhook_waits", condition=Q(processed=False))]

    def __str__(self) -> str:
        return str(self.pk)


class Suppression(models.Model):
    """Somebody said stop: nothing more goes to this recipient, nor to this address, ever.

    Attributes:
        address_mark: keyed hash of an address, so that the next wave knows it without listing it.
    """

    recipient = models.UUIDField(null=True, unique=True)
    address_mark = models.CharField(max_length=64, null=True, unique=True)
    reason = models.CharField(max_length=32)
    since = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="suppression_of_one",
                condition=Q(recipient__isnull=False, address_mark=None)
                | Q(recipient=None, address_mark__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.reason


class SenderLease(models.Model):
    """Which dispatcher owns a sender; it alone may use the sender's rate."""

    sender = models.CharField(max_length=64, unique=True)
    holder = models.CharField(max_length=120)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return self.sender


class Installation(models.Model):
    """The database's half of the mark that a restored or copied database does not share.

    There is one row at most. The other half is a file (``journal.Mark``).

    Attributes:
        identifier: 32 hexadecimal digits; empty until the first restart is confirmed where the
            database came without one.
        generation: of the last block of messages that was marked as sending.
        lost: pairs [after, upto] of generations that this database does not know of, because it
            was restored to an earlier state; the journal says what was begun in them.
        first_by: who confirmed a restart first; a second person must follow within a day.
        first_about: the situation that was confirmed; another situation needs two people again.
        first_nothing_sent: the first person said that nothing was sent since the copy was made.
    """

    number = models.PositiveSmallIntegerField(primary_key=True, default=1)
    identifier = models.CharField(max_length=32, blank=True)
    generation = models.BigIntegerField(default=0)
    lost = models.JSONField(default=list)
    first_by = models.CharField(max_length=150, blank=True)
    first_about = models.CharField(max_length=100, blank=True)
    first_nothing_sent = models.BooleanField(default=False)
    first_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="installation_once", condition=Q(number=1)),
            models.CheckConstraint(name="installation_generation", condition=Q(generation__gte=0)),
        ]

    def __str__(self) -> str:
        return f"{self.identifier} {self.generation}"


class CarrierIdentity(models.Model):
    """What a carrier calls a recipient: one person has several names, and they change.

    Attributes:
        value: a number as digits without "+", or a user id (``ID.1349…``). Send replies, statuses
            and incoming messages say which belong together.
    """

    recipient = models.UUIDField(db_index=True)
    value = models.CharField(max_length=255)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["value", "recipient"], name="carrier_identity_once")
        ]

    def __str__(self) -> str:
        return self.value


class InboundMessage(models.Model):
    """What somebody wrote back that is no clear stop: kept for a person, and not for long.

    Attributes:
        carrier_id: of the reply, so that a report that comes twice is listed once.
        kind: as the carrier names it: ``text``, ``image``, ``reaction`` …
        text: what was written, cut; emptied when somebody has dealt with it.
        identities: names of the sender, for stopping; emptied likewise, and shown nowhere.
    """

    carrier_id = models.CharField(max_length=255, null=True, unique=True)
    received_at = models.DateTimeField(db_index=True)
    kind = models.CharField(max_length=32)
    text = models.TextField(blank=True)
    identities = models.JSONField(default=list)
    handled_at = models.DateTimeField(null=True)
    handled_by = models.CharField(max_length=150, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="inbound_handled_is_empty",
                condition=Q(handled_at=None) | Q(text="", identities=[]),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
