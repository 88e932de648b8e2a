"""The send-once protocol: claim, mark before the wire, settle, and recover after a crash.

A row that is ``leased`` was surely not sent; a row that is ``sending`` perhaps was. Between the two
lies a commit, so that after a crash only what may have been sent is in doubt, and what is in doubt
is not sent again unless no report about it comes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction
from django.utils import timezone

from espi.contact.dispatch.actions import stop
from espi.contact.dispatch.models import (
    Campaign,
    DeliveryStatus,
    OutboundMessage,
    SenderLease,
    Suppression,
)
from espi.contact.dispatch.outcomes import LONGEST_WAIT, MOST_TRIES, Fate, Outcome
from espi.platform import audit
from espi.platform.engine import is_postgresql

State, Channel = OutboundMessage.State, OutboundMessage.Channel
LEASE = timedelta(minutes=2)
GRACE = timedelta(hours=6)
NEXT_CHANNEL_AFTER = timedelta(hours=24)
SENDER_LEASE = timedelta(seconds=30)

CLAIM = """
UPDATE dispatch_outboundmessage SET state = 'leased', leased_until = %s
WHERE id IN (
    SELECT m.id FROM dispatch_outboundmessage m
    JOIN dispatch_campaign c ON c.id = m.campaign_id
    WHERE m.state = 'ready' AND m.channel = %s AND m.due_at <= %s AND c.state = 'running'
    AND NOT EXISTS (SELECT 1 FROM dispatch_suppression s WHERE s.recipient = m.recipient)
    ORDER BY m.due_at, m.id LIMIT %s {lock})
RETURNING id
"""


def claim(*, channel: str, now: datetime, limit: int) -> list[int]:
    """Lease due messages of a channel in one statement that looks at the suppressions again."""
    lock = "FOR UPDATE OF m SKIP LOCKED" if is_postgresql() else ""
    adapt = connection.ops.adapt_datetimefield_value
    values = [adapt(now + LEASE), channel, adapt(now), limit]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CLAIM.format(lock=lock), values)
        return [row[0] for row in cursor.fetchall()]


@transaction.atomic
def mark_sending(*, ids: Sequence[int], now: datetime) -> list[OutboundMessage]:
    """Give each leased message an attempt id; must be committed before the wire is touched.

    Returns:
        The messages to be sent now: those cancelled or stopped meanwhile are not among them.
    """
    leased = OutboundMessage.objects.select_for_update(of=("self",)).select_related("campaign")
    messages = [
        message
        for message in leased.filter(pk__in=ids, state=State.LEASED)
        if not Suppression.objects.filter(recipient=message.recipient).exists()
    ]
    for message in messages:
        message.state, message.leased_until = State.SENDING, None
        message.attempt_id, message.attempted_at = uuid4().hex, now
        message.attempts += 1
    OutboundMessage.objects.bulk_update(
        messages, ["state", "leased_until", "attempt_id", "attempted_at", "attempts"]
    )
    kept = {message.pk for message in messages}
    rest = OutboundMessage.objects.filter(pk__in=set(ids) - kept, state=State.LEASED)
    rest.update(state=State.SUPPRESSED, leased_until=None)
    return messages


@transaction.atomic
def settle(*, outcomes: Mapping[int, Outcome], now: datetime) -> None:
    """Write down how a block of tries ended, in one commit.

    A message that a report has moved on already stays where the report put it.
    """
    messages = OutboundMessage.objects.select_for_update(of=("self",)).select_related("campaign")
    on_the_wire = list(messages.filter(pk__in=outcomes, state=State.SENDING))
    for message in on_the_wire:
        apply_outcome(message, outcomes[message.pk], now)
    write_back(on_the_wire)
    accepted = [m for m in on_the_wire if m.state in {State.ACCEPTED, State.HELD}]
    DeliveryStatus.objects.bulk_create(
        [DeliveryStatus(message=m, status="accepted", at=now) for m in accepted],
        ignore_conflicts=True,
    )
    follow_up(on_the_wire, outcomes, now)


def write_back(messages: Sequence[OutboundMessage]) -> None:
    """Write what ``apply_outcome`` may have changed."""
    OutboundMessage.objects.bulk_update(
        messages, ["state", "due_at", "carrier_id", "error"], batch_size=200
    )


def apply_outcome(message: OutboundMessage, outcome: Outcome, now: datetime) -> None:
    """Move a message to the state that an outcome means; nothing is written."""
    message.error = outcome.error
    message.carrier_id = outcome.carrier_id or message.carrier_id
    if outcome.fate is Fate.ACCEPTED:
        message.state = State.ACCEPTED
    elif outcome.fate is Fate.HELD:
        message.state = State.HELD
    elif outcome.fate is Fate.UNCERTAIN:
        message.state = State.UNCERTAIN
    elif outcome.fate is Fate.AGAIN and message.attempts < MOST_TRIES:
        message.state = State.READY
        message.due_at = now + min(LONGEST_WAIT, outcome.wait * 4 ** (message.attempts - 1))
    elif outcome.fate in {Fate.CAMPAIGN_STOPS, Fate.ALL_STOPS}:
        message.state = State.READY  # goes on when a person has mended the cause
    else:
        message.state = State.FAILED


def follow_up(
    messages: Sequence[OutboundMessage], outcomes: Mapping[int, Outcome], now: datetime
) -> None:
    """Do what follows for others: next channel, suppression, a pause."""
    next_channel([m for m in messages if m.state == State.FAILED], now)
    for message in messages:
        outcome = outcomes[message.pk]
        if outcome.fate is Fate.STOPPED:
            today = timezone.localdate(now)
            stop(recipient=message.recipient, reason="carrier", today=today)
    for message in messages:
        fate = outcomes[message.pk].fate
        if fate in {Fate.CAMPAIGN_STOPS, Fate.ALL_STOPS}:
            pause(message, everything=fate is Fate.ALL_STOPS)


def pause(message: OutboundMessage, *, everything: bool) -> None:
    """Pause a campaign, or all, until a person has looked."""
    running = Campaign.objects.filter(state=Campaign.State.RUNNING)
    if not everything:
        running = running.filter(pk=message.campaign_id)
    if running.update(state=Campaign.State.PAUSED, reason=f"carrier error {message.error}"):
        audit.record(None, "dispatch.pause", error=message.error, everything=everything)


def next_channel(messages: Sequence[OutboundMessage], now: datetime) -> int:
    """Wake the messages that stood by for these; return how many."""
    woken = 0
    for message in messages:
        if message.channel == Channel.WHATSAPP:
            standing_by = OutboundMessage.objects.filter(
                campaign=message.campaign_id, recipient=message.recipient, state=State.PLANNED
            )
            woken += standing_by.update(state=State.READY, due_at=now)
    return woken


@transaction.atomic
def recover(*, now: datetime) -> dict[str, int]:
    """Sort what a dispatcher that died left behind; only the owner of the sender may call this."""
    leased = OutboundMessage.objects.filter(state=State.LEASED)
    sending = OutboundMessage.objects.filter(state=State.SENDING)
    del now
    return {
        "ready": leased.update(state=State.READY, leased_until=None),
        "uncertain": sending.update(state=State.UNCERTAIN),
    }


@transaction.atomic
def tend(*, now: datetime) -> int:
    """Move on what time moves: doubts without a report, and messages nobody received.

    Returns:
        How many messages became due.
    """
    doubtful = OutboundMessage.objects.filter(
        state=State.UNCERTAIN, attempted_at__lte=now - GRACE, campaign__state="running"
    )
    given_up = list(doubtful.filter(resent=True))
    for message in given_up:
        message.state, message.error = State.FAILED, "uncertain"
    write_back(given_up)
    again = OutboundMessage.objects.filter(pk__in=list(doubtful.values_list("pk", flat=True)))
    due = again.update(state=State.READY, due_at=now, resent=True)
    late = OutboundMessage.objects.filter(
        channel=Channel.WHATSAPP,
        state__in=[State.ACCEPTED, State.SENT],
        attempted_at__lte=now - NEXT_CHANNEL_AFTER,
    )
    recipients = late.values("recipient")
    standing_by = OutboundMessage.objects.filter(state=State.PLANNED, recipient__in=recipients)
    pairs = set(late.values_list("campaign_id", "recipient"))
    woken = [m.pk for m in standing_by if (m.campaign_id, m.recipient) in pairs]
    due += OutboundMessage.objects.filter(pk__in=woken).update(state=State.READY, due_at=now)
    return due + next_channel(given_up, now)


@transaction.atomic
def own_sender(*, sender: str, holder: str, now: datetime) -> bool:
    """Take or renew the lease of a sender; say whether it is ours."""
    lease, _created = SenderLease.objects.select_for_update().get_or_create(
        sender=sender, defaults={"holder": holder, "until": now + SENDER_LEASE}
    )
    if lease.holder != holder and lease.until > now:
        return False
    lease.holder, lease.until = holder, now + SENDER_LEASE
    lease.save(update_fields=["holder", "until"])
    return True


def release_sender(*, sender: str, holder: str) -> None:
    """Give a sender back."""
    SenderLease.objects.filter(sender=sender, holder=holder).delete()
