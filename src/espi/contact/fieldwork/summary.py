"""Counts of a fieldwork by day, channel and state: live in the field, kept after the closing."""

from __future__ import annotations

from collections import defaultdict

from django.db.models import Count
from django.db.models.functions import TruncDate

from espi.contact.dispatch.models import DeliveryStatus, OutboundMessage
from espi.contact.dispatch.queries import message_counts
from espi.contact.invitations.models import FieldworkSummary, Invitation
from espi.design.models import Wave


def days_of(wave: Wave) -> list[tuple[str, dict[str, int]]]:
    """Return per day how many messages were delivered and read, and how many people finished.

    After the closing this comes from the summary that was kept then.
    """
    if (summary := FieldworkSummary.objects.filter(wave=wave).first()) is not None:
        return [(day, dict(counts)) for day, counts in summary.days]
    days: defaultdict[str, dict[str, int]] = defaultdict(dict)
    reports = DeliveryStatus.objects.filter(
        message__campaign__wave_code=wave.code, status__in=["delivered", "read"]
    ).annotate(day=TruncDate("at"))
    for day, status, n in reports.values_list("day", "status").annotate(n=Count("id")):
        days[str(day)][status] = n
    finished = Invitation.objects.filter(wave=wave, finished_on__isnull=False)
    for day, n in finished.values_list("finished_on").annotate(n=Count("id")):
        days[str(day)]["finished"] = n
    return sorted(days.items())


def messages_of(wave: Wave) -> dict[str, dict[str, int]]:
    """Return messages by channel and state; after the closing, as they were then."""
    if (summary := FieldworkSummary.objects.filter(wave=wave).first()) is not None:
        return dict(summary.messages)
    return message_counts(wave.code)


def keep_summary(*, wave: Wave) -> None:
    """Keep the counts of a fieldwork before what they were counted from is forgotten; once.

    A message that is on the wire at this moment perhaps was sent; nobody will count it again, so it
    is kept as uncertain and not as one that is still being sent.
    """
    messages = messages_of(wave)
    for states in messages.values():
        if on_the_wire := states.pop(OutboundMessage.State.SENDING.value, 0):
            uncertain = OutboundMessage.State.UNCERTAIN.value
            states[uncertain] = states.get(uncertain, 0) + on_the_wire
    FieldworkSummary.objects.get_or_create(
        wave=wave, defaults={"days": days_of(wave), "messages": messages}
    )
