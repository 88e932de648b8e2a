"""What an outcome does to its message, and to others: the next channel, a stop, a pause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

from espi.contact.dispatch import states
from espi.contact.dispatch.models import OutboundMessage
from espi.contact.dispatch.sending.lanes import pause
from espi.contact.dispatch.states import State, Transition
from espi.contact.dispatch.stopping.stop import stop
from espi.contact.dispatch.transports.outcomes import (
    COSTS_NO_TRY,
    LONGEST_WAIT,
    MOST_POSTPONED,
    MOST_TRIES,
    Fate,
    Outcome,
)

Channel = OutboundMessage.Channel
SIMPLE = {
    Fate.ACCEPTED: State.ACCEPTED,
    Fate.HELD_BY_CARRIER: State.HELD_BY_CARRIER,
    Fate.UNCERTAIN: State.UNCERTAIN,
    Fate.FINAL: State.FAILED,
    Fate.STOPPED: State.FAILED,
}
# After a refusal for a reason of ours the same message must not be the first to go again: were it
# the cause (one value that the template does not take), everybody else would wait behind it.
BEHIND_OTHERS = timedelta(minutes=1)
WRITE_BACK = "UPDATE dispatch_outboundmessage SET {columns} WHERE id = %s"


def apply_outcome(
    message: OutboundMessage, outcome: Outcome, now: datetime, transition: Transition
) -> None:
    """Move a message to the state that an outcome means; nothing is written."""
    message.error = outcome.error[:64]
    message.carrier_id = outcome.carrier_id or message.carrier_id
    if outcome.fate in COSTS_NO_TRY:
        message.attempts = max(0, message.attempts - 1)
    if outcome.fate in SIMPLE:
        states.move(message, transition, SIMPLE[outcome.fate])
    elif _tried_enough(message, outcome):
        states.move(message, transition, State.FAILED)
    else:
        states.move(message, transition, State.READY)
        message.due_at = now + _wait(message, outcome)
        message.postponed += outcome.fate is Fate.A_DAY_LATER


def _tried_enough(message: OutboundMessage, outcome: Outcome) -> bool:
    if outcome.fate is Fate.A_DAY_LATER:
        return message.postponed >= MOST_POSTPONED
    return outcome.fate not in COSTS_NO_TRY and message.attempts >= MOST_TRIES


def _wait(message: OutboundMessage, outcome: Outcome) -> timedelta:
    if outcome.fate is Fate.UNSENT:
        return timedelta(0)
    if outcome.fate is Fate.A_DAY_LATER:
        return outcome.wait
    if outcome.fate in COSTS_NO_TRY:
        return min(outcome.wait, BEHIND_OTHERS) or BEHIND_OTHERS
    longer: int = 4 ** max(0, message.attempts - 1)
    return min(LONGEST_WAIT, outcome.wait * longer)


def write_back(messages: Sequence[OutboundMessage], *more: str) -> None:
    """Write what outcomes and reports may have changed, and the columns named besides.

    One statement for each message, prepared once. Django's ``bulk_update`` would write a single
    one in which every column asks of every message whether it is the first, the second, … : for a
    block of a hundred it took most of what the dispatcher computes.
    """
    names = {"state", "leased_until", "due_at", "carrier_id", "error", "attempts", "postponed"}
    names |= {"reported_at", *more}
    fields = [field for field in OutboundMessage._meta.concrete_fields if field.name in names]
    columns = ", ".join(f"{field.column} = %s" for field in fields)
    rows = [
        [field.get_db_prep_save(getattr(message, field.attname), connection) for field in fields]
        + [message.pk]
        for message in messages
    ]
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(WRITE_BACK.format(columns=columns), rows)


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
        elif outcome.fate is Fate.CAMPAIGN_STOPS:
            pause(message.campaign_id, "template", outcome.error)
        elif outcome.fate is Fate.SENDER_STOPS:
            pause(None, "sender", outcome.error)


def next_channel(messages: Sequence[OutboundMessage], now: datetime) -> int:
    """Wake the messages that stood by for these; return how many."""
    woken = 0
    for message in messages:
        if message.channel == Channel.WHATSAPP:
            standing_by = OutboundMessage.objects.filter(
                campaign=message.campaign_id, recipient=message.recipient, state=State.PLANNED
            )
            woken += states.move_all(standing_by, states.WAKE, State.READY, due_at=now)
    return woken
