"""Actions on campaigns: plan one, cancel a wave's, let one go on, send failed messages again."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from espi.contact.dispatch import states
from espi.contact.dispatch.errors import NothingToRequeue, ReasonMissing
from espi.contact.dispatch.installation import journaling, matching
from espi.contact.dispatch.models import Campaign, OutboundMessage
from espi.contact.dispatch.queries import address_mark, stopped_marks, stopped_recipients
from espi.contact.dispatch.sending import lanes
from espi.contact.dispatch.states import State
from espi.platform import audit, clock
from espi.platform.audit import Actor

Channel = OutboundMessage.Channel
TEMPLATES = {
    Campaign.Kind.INVITATION.value: "espi_undangan_v1",
    Campaign.Kind.REMINDER.value: "espi_pengingat_v1",
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody to be written to: an opaque reference, and the ways to reach them."""

    reference: UUID
    phone: str
    email: str
    language: str
    variables: dict[str, str]


@transaction.atomic
def plan_messages(
    *, wave_code: str, kind: str, recipients: Iterable[Recipient], now: datetime, actor: Actor | str
) -> tuple[Campaign, bool]:
    """Put the messages of a campaign into the outbox; planned again, nothing changes.

    WhatsApp goes first where there is a number; the e-mail stands by until that has failed.

    Returns:
        The campaign, and whether it is new.
    """
    name = actor if isinstance(actor, str) else actor.get_username()
    matching.begin_installation()
    campaign, created = Campaign.objects.get_or_create(
        wave_code=wave_code, kind=kind, defaults={"planned_at": now, "planned_by": name}
    )
    if not created:
        return campaign, False
    stopped, marks = stopped_recipients(), stopped_marks()
    messages: list[OutboundMessage] = []
    for person in sorted(recipients, key=lambda person: person.reference):
        addresses = {address_mark(a) for a in (person.phone, person.email) if a}
        if person.reference in stopped or addresses & marks:
            continue
        messages += _messages(campaign, person, now)
    # After a restore: what an earlier planning of this campaign has sent is not sent again.
    journaling.put_in_doubt(messages, journaling.lost())
    OutboundMessage.objects.bulk_create(messages, batch_size=500)
    audit.record(actor, "dispatch.plan", wave=wave_code, kind=kind, messages=len(messages))
    return campaign, True


def _messages(campaign: Campaign, person: Recipient, now: datetime) -> list[OutboundMessage]:
    ways = [(Channel.WHATSAPP, person.phone), (Channel.EMAIL, person.email)]
    return [
        OutboundMessage(
            campaign=campaign,
            recipient=person.reference,
            channel=channel,
            address=address,
            template=TEMPLATES[campaign.kind],
            variables=person.variables,
            language=person.language,
            state=State.PLANNED if number else State.READY,
            due_at=now,
        )
        for number, (channel, address) in enumerate(way for way in ways if way[1])
    ]


@transaction.atomic
def cancel_wave(*, wave_code: str) -> int:
    """Take back everything of a wave that has not left yet."""
    campaigns = list(Campaign.objects.filter(wave_code=wave_code).values_list("pk", flat=True))
    messages = OutboundMessage.objects.filter(campaign__in=campaigns)
    return states.move_all(messages, states.CANCEL, State.CANCELLED)


@transaction.atomic
def resume(*, campaign: Campaign, actor: Actor | str) -> None:
    """Let a paused campaign go on, and channels that stand still try again at once."""
    chosen = Campaign.objects.filter(pk=campaign.pk)
    chosen.update(state=Campaign.State.RUNNING, reason="", paused_for="")
    lanes.probe_now(clock.now())
    audit.record(actor, "dispatch.resume", wave=campaign.wave_code, kind=campaign.kind)


@transaction.atomic
def requeue(
    *, campaign: Campaign, error: str, reason: str, actor: Actor | str, now: datetime
) -> int:
    """Send again what failed for a reason of ours, with all its tries; return how many messages.

    Nobody gets two messages by it: where another channel has taken over and its message has left,
    the person is left out; where that message still waits, it stands by again.

    Args:
        campaign: whose messages.
        error: the error with which they failed, as the page of campaigns lists it.
        reason: why it was not the fault of these people; kept in the audit log.
        actor: who decides.
        now: when the messages become due.

    Raises:
        ReasonMissing: no reason was given.
        NothingToRequeue: no message failed with this error, or all these people were reached.
    """
    if not reason.strip():
        raise ReasonMissing
    failed = OutboundMessage.objects.select_for_update().filter(
        campaign=campaign, state=State.FAILED, error=error
    )
    others = OutboundMessage.objects.filter(campaign=campaign).exclude(state=State.FAILED)
    gone = set(others.exclude(state__in=states.UNSENT).values_list("recipient", flat=True))
    chosen = [m for m in failed if m.recipient not in gone | stopped_recipients()]
    if not chosen:
        raise NothingToRequeue(error=error)
    for message in chosen:
        states.move(message, states.REQUEUE, State.READY)
        message.due_at, message.attempts = now, 0
        message.postponed, message.resent = 0, False
    names = ["state", "due_at", "attempts", "postponed", "resent"]
    OutboundMessage.objects.bulk_update(chosen, names, batch_size=500)
    phones = {m.recipient for m in chosen if m.channel == Channel.WHATSAPP}
    for mail in others.filter(channel=Channel.EMAIL, state__in=states.UNSENT):
        if mail.recipient in phones:
            chosen_mail = OutboundMessage.objects.filter(pk=mail.pk)
            states.move_all(chosen_mail, states.STAND_BY, State.PLANNED)
    audit.record(
        actor,
        "dispatch.requeue",
        wave=campaign.wave_code,
        kind=campaign.kind,
        error=error,
        reason=reason.strip(),
        messages=len(chosen),
    )
    return len(chosen)
