"""Messages of which nobody knows whether they left: what is known of each, and a person's decision.

The system decides only where reports give evidence (``overdue``); e-mail has no reports, and after
an outage of the webhook WhatsApp has none either.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import transaction
from django.db.models import F

from espi.contact.dispatch import states
from espi.contact.dispatch.errors import NoLongerInDoubt, ReasonMissing
from espi.contact.dispatch.models import EarlierAttempt, OutboundMessage
from espi.contact.dispatch.sending.outgoing import identity_of
from espi.contact.dispatch.states import State
from espi.contact.dispatch.transports.email.message import message_id
from espi.platform import audit
from espi.platform.audit import Actor

Channel = OutboundMessage.Channel
DECIDED_SENT = "taken as sent"


class Decision(Enum):
    """What a person decides about a message in doubt."""

    SENT = "sent"
    AGAIN = "again"


@dataclass(frozen=True, slots=True)
class Doubt:
    """A message in doubt, and what is known of it; not to whom it went.

    Attributes:
        key: the message's row.
        attempt: 1 for the first try.
        why: what ended the try without an answer.
        name: what the carrier knows the try by: look for it in the relay's log, or ask Meta.
        reports_since: of how many messages that left at the same time or later reports have come;
            many without one about this message make it unlikely that it left. Always 0 for e-mail.
        earlier: when earlier tries were made.
    """

    key: int
    wave_code: str
    kind: str
    channel: str
    attempt: int
    attempted_at: datetime
    why: str
    name: str
    reports_since: int
    earlier: tuple[datetime, ...]


def doubts(wave_code: str, *, limit: int | None = None) -> list[Doubt]:
    """Return the messages of a wave that are in doubt, oldest first."""
    messages = OutboundMessage.objects.filter(
        state=State.UNCERTAIN, campaign__wave_code=wave_code
    ).select_related("campaign")
    chosen = list(messages.order_by("attempted_at", "pk")[:limit])
    earlier = defaultdict(list)
    replaced = EarlierAttempt.objects.filter(message__in=[m.pk for m in chosen])
    for message, at in replaced.order_by("attempted_at").values_list("message_id", "attempted_at"):
        earlier[message].append(at)
    reports: dict[datetime, int] = {}
    return [_doubt(message, tuple(earlier[message.pk]), reports) for message in chosen]


def _doubt(
    message: OutboundMessage, earlier: tuple[datetime, ...], reports: dict[datetime, int]
) -> Doubt:
    at = message.attempted_at
    assert at is not None  # noqa: S101 narrows the type: a constraint of the table
    mail = message.channel == Channel.EMAIL
    if not mail and at not in reports:
        reported = OutboundMessage.objects.filter(channel=Channel.WHATSAPP, attempted_at__gte=at)
        reports[at] = reported.filter(reported_at__gte=F("attempted_at")).count()
    return Doubt(
        key=message.pk,
        wave_code=message.campaign.wave_code,
        kind=message.campaign.kind,
        channel=message.channel,
        attempt=len(earlier) + 1,
        attempted_at=at,
        why=message.error or "no answer",
        name=message_id(identity_of(message)) if mail else message.attempt_id,
        reports_since=0 if mail else reports[at],
        earlier=earlier,
    )


def keys_in_wave(wave_code: str, keys: Sequence[int]) -> list[int]:
    """Return those of the messages that belong to a wave: a page decides about its own only."""
    messages = OutboundMessage.objects.filter(pk__in=keys, campaign__wave_code=wave_code)
    return sorted(messages.values_list("pk", flat=True))


@transaction.atomic
def decide(
    *, keys: Sequence[int], decision: Decision, reason: str, actor: Actor | str, now: datetime
) -> int:
    """Take messages in doubt as sent, or send them again; return how many.

    Args:
        keys: the messages' rows, as ``doubts`` lists them.
        decision: ``SENT`` sends nothing more in this campaign, though perhaps the person has got
            nothing; ``AGAIN`` sends, though perhaps the person has got it already.
        reason: why; kept in the audit log.
        actor: who decides.
        now: when the messages become due.

    Raises:
        ReasonMissing: no reason was given.
        NoLongerInDoubt: none of the messages is in doubt any more.
    """
    if not reason.strip():
        raise ReasonMissing
    locked = OutboundMessage.objects.select_for_update().filter(pk__in=keys, state=State.UNCERTAIN)
    chosen = sorted(locked.values_list("pk", flat=True))
    if not chosen:
        raise NoLongerInDoubt
    messages = OutboundMessage.objects.filter(pk__in=chosen)
    if decision is Decision.SENT:
        states.move_all(messages, states.DECIDE, State.ACCEPTED, error=DECIDED_SENT)
    else:
        again = {"due_at": now, "attempts": 0, "resent": True}
        states.move_all(messages, states.DECIDE, State.READY, **again)
    audit.record(
        actor,
        f"dispatch.doubt_{decision.value}",
        messages=chosen,
        reason=reason.strip(),
    )
    return len(chosen)
