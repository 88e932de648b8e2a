"""The send-once protocol: claim, mark before the wire, settle, and recover after a crash.

A row that is ``leased`` was surely not sent; a row that is ``sending`` perhaps was. Between the two
lies a commit, so that after a crash only what may have been sent is in doubt. What is in doubt is
sent again only on evidence (``overdue``) or by a person (``doubts``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import connection, transaction

from espi.contact.dispatch import states
from espi.contact.dispatch.installation import journaling, matching
from espi.contact.dispatch.models import (
    DeliveryStatus,
    EarlierAttempt,
    OutboundMessage,
    SenderLease,
    Suppression,
)
from espi.contact.dispatch.sending.lanes import Try, allowance, lane_of, note_probe, note_tries
from espi.contact.dispatch.sending.settling import apply_outcome, follow_up, write_back
from espi.contact.dispatch.sending.wanted import withdraw_finished
from espi.contact.dispatch.states import State
from espi.contact.dispatch.stopping.identities import remember
from espi.contact.dispatch.stopping.merging import merge_stop_requests
from espi.contact.dispatch.transports.outcomes import Outcome
from espi.platform.engine import is_postgresql

# Longer than a block waits for its turn at the sender's rate; after a crash its messages are free.
LEASE = timedelta(minutes=2)
# How long a second dispatcher waits for one that died.
SENDER_LEASE = timedelta(seconds=30)
# In these an outcome of the present try still says something: it has not come to an end.
UNDECIDED = [State.SENDING, State.UNCERTAIN, State.READY, State.LEASED]

# A campaign that is paused because a lane stands still is claimed from: the lane lets a probe pass,
# and the other channel is not touched by it. The rows are chosen in a materialised part of their
# own: PostgreSQL may run a subquery with LIMIT and SKIP LOCKED again for each row, and lease more.
CLAIM = """
WITH due AS MATERIALIZED (
    SELECT m.id FROM dispatch_outboundmessage m
    JOIN dispatch_campaign c ON c.id = m.campaign_id
    WHERE m.state = 'ready' AND m.channel = %s AND m.due_at <= %s
    AND (c.state = 'running' OR c.paused_for <> '')
    AND NOT EXISTS (SELECT 1 FROM dispatch_suppression s WHERE s.recipient = m.recipient)
    ORDER BY m.due_at, m.id LIMIT %s {lock})
UPDATE dispatch_outboundmessage SET state = 'leased', leased_until = %s
WHERE id IN (SELECT id FROM due)
RETURNING id
"""


def claim(*, channel: str, now: datetime, limit: int) -> list[int]:
    """Lease due messages of a channel in one statement that looks at the suppressions again.

    Nothing is leased while this database may not send (``installation``). While the channel's lane
    stands still, nothing is leased, or one message as a probe.
    """
    due = OutboundMessage.objects.filter(state=State.READY, channel=channel, due_at__lte=now)
    # Asked twice a second by every worker: on SQLite a transaction takes the only write lock.
    return _lease(channel, now, limit) if due.exists() else []


@transaction.atomic
def _lease(channel: str, now: datetime, limit: int) -> list[int]:
    if not matching.may_send():
        return []
    lane = lane_of(channel)
    allowed = allowance(lane, now=now, limit=limit)
    if not allowed:
        return []
    lock = "FOR UPDATE OF m SKIP LOCKED" if is_postgresql() else ""
    adapt = connection.ops.adapt_datetimefield_value
    values = [channel, adapt(now), allowed, adapt(now + LEASE)]
    with connection.cursor() as cursor:
        cursor.execute(CLAIM.format(lock=lock), values)
        ids = [row[0] for row in cursor.fetchall()]
    if ids:
        note_probe(lane, now=now)
    return ids


def new_attempts(ids: Sequence[int]) -> dict[int, str]:
    """Return a fresh attempt id for each of these messages."""
    return {key: uuid4().hex for key in ids}


@journaling.journaled
@transaction.atomic
def mark_sending(
    *, ids: Sequence[int], now: datetime, attempts: Mapping[int, str] | None = None
) -> list[OutboundMessage]:
    """Give each leased message an attempt id; must be committed before the wire is touched.

    Args:
        ids: messages that were claimed.
        now: the instant of the attempt.
        attempts: attempt ids by message. Who calls again with the same ones, because the reply to
            the commit was lost, gets the messages that the first call marked.

    Returns:
        The messages to be sent now: those cancelled or stopped meanwhile are not among them.
    """
    withdraw_finished(ids=ids)
    attempts = attempts or new_attempts(ids)
    locked = OutboundMessage.objects.select_for_update(of=("self",)).select_related("campaign")
    marked = list(locked.filter(pk__in=ids, state=State.SENDING, attempt_id__in=attempts.values()))
    messages = [
        message
        for message in locked.filter(pk__in=ids, state=State.LEASED)
        if not Suppression.objects.filter(recipient=message.recipient).exists()
    ]
    _keep_earlier_attempts(messages)
    for message in messages:
        states.move(message, states.BEGIN, State.SENDING)
        message.attempt_id, message.attempted_at = attempts[message.pk], now
        message.carrier_id, message.error, message.reported_at = "", "", None
        message.attempts += 1
    write_back(messages, "attempt_id", "attempted_at")
    begun = {message.pk for message in messages}
    stopped = OutboundMessage.objects.filter(pk__in=set(ids) - begun, state=State.LEASED)
    states.move_all(stopped, states.SPARE, State.SUPPRESSED)
    return marked + messages


def _keep_earlier_attempts(messages: Sequence[OutboundMessage]) -> None:
    """Note the attempts that new ones replace, so that late reports still find their message."""
    EarlierAttempt.objects.bulk_create(
        [
            EarlierAttempt(
                message=message,
                attempt_id=message.attempt_id,
                attempted_at=message.attempted_at,
                carrier_id=message.carrier_id,
                error=message.error,
                failed=message.reported_at is not None,
            )
            for message in messages
            if message.attempt_id and message.attempted_at
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def settle(
    *,
    outcomes: Mapping[int, Outcome],
    now: datetime,
    attempts: Mapping[int, str] | None = None,
) -> None:
    """Write down how a block of tries ended, in one commit; done again, nothing changes.

    An outcome belongs to its attempt, whoever owns the sender by now: where another dispatcher has
    called the attempt doubtful meanwhile, its outcome ends the doubt. A message that a report has
    moved on already stays where the report put it.

    Args:
        outcomes: how each message's try ended, by the message's key.
        now: the present instant.
        attempts: the attempt ids; without them only messages on the wire are settled.
    """
    locked = OutboundMessage.objects.select_for_update(of=("self",)).select_related("campaign")
    sent_to = locked.filter(pk__in=outcomes).values_list("pk", "recipient")
    remember((recipient, set(outcomes[key].identities)) for key, recipient in sent_to)
    if attempts is None:
        chosen = locked.filter(pk__in=outcomes, state=State.SENDING)
    else:
        chosen = locked.filter(
            pk__in=outcomes, attempt_id__in=attempts.values(), state__in=UNDECIDED
        )
    messages = [
        message
        for message in chosen.order_by("pk")
        if _still_matters(message, outcomes[message.pk])
    ]
    for channel in sorted({message.channel for message in messages}):
        tries = [Try(m, outcomes[m.pk]) for m in messages if m.channel == channel]
        _settle_lane(channel, tries, now)
    if attempts is not None:
        _settle_earlier(outcomes, attempts)


def _settle_earlier(outcomes: Mapping[int, Outcome], attempts: Mapping[int, str]) -> None:
    """Note that an attempt was accepted although a later one has replaced it meanwhile."""
    taken = {attempts[key]: o for key, o in outcomes.items() if o.carrier_id and key in attempts}
    replaced = EarlierAttempt.objects.filter(attempt_id__in=taken).select_related("message")
    for earlier in replaced:
        earlier.carrier_id = taken[earlier.attempt_id].carrier_id
        earlier.save(update_fields=["carrier_id"])
        message = OutboundMessage.objects.filter(pk=earlier.message_id)
        states.move_all(message, states.ACCEPT_EARLIER, State.ACCEPTED, error="")


def _still_matters(message: OutboundMessage, outcome: Outcome) -> bool:
    """Say whether an outcome changes anything: of what waits again, only that it was taken."""
    return message.state in states.ON_THE_WIRE or outcome.carrier_id != ""


def _settle_lane(channel: str, tries: Sequence[Try], now: datetime) -> None:
    judged = note_tries(lane_of(channel), tries, now=now)
    for attempt in judged:
        apply_outcome(attempt.message, attempt.outcome, now, states.SETTLE)
    messages = [attempt.message for attempt in judged]
    write_back(messages)
    accepted = [m for m in messages if m.state in {State.ACCEPTED, State.HELD_BY_CARRIER}]
    DeliveryStatus.objects.bulk_create(
        [DeliveryStatus(message=m, status="accepted", at=now) for m in accepted],
        ignore_conflicts=True,
    )
    follow_up(messages, {attempt.message.pk: attempt.outcome for attempt in judged}, now)


@transaction.atomic
def recover() -> dict[str, int]:
    """Free or put in doubt what a dead dispatcher left; only the sender's owner may call this."""
    messages = OutboundMessage.objects.all()
    if matching.may_send():
        merge_stop_requests()
    return {
        "ready": states.move_all(messages, states.GIVE_BACK, State.READY),
        "uncertain": states.move_all(
            messages, states.LOSE, State.UNCERTAIN, error="dispatcher ended"
        ),
    }


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
