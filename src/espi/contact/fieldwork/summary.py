"""Counts of a fieldwork by day, channel and state: live in the field, kept after the closing."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count
from django.db.models.functions import TruncDate

from espi.contact.dispatch.models import DeliveryStatus, OutboundMessage
from espi.contact.dispatch.queries import message_counts
from espi.contact.invitations.models import FieldworkSummary, Invitation
from espi.design.models import Wave


@dataclass(frozen=True, slots=True)
class DayCounts:
    """What happened on one day.

    Attributes:
        day: in ISO form.
        delivered, read: messages of which the carrier reported it on this day.
        finished: people who got their signature on this day.
    """

    day: str
    delivered: int = 0
    read: int = 0
    finished: int = 0

    @property
    def date(self) -> date:
        """The day as a page writes it."""
        return date.fromisoformat(self.day)


def counts_by_day(wave: Wave) -> list[DayCounts]:
    """Return the counts of each day on which something happened, the earliest day first.

    After the closing they come from the summary that was kept then.
    """
    if (summary := FieldworkSummary.objects.filter(wave=wave).first()) is not None:
        return [DayCounts(day, **counts) for day, counts in summary.days]
    return [DayCounts(day, **counts) for day, counts in _live_days(wave)]


def _live_days(wave: Wave) -> list[tuple[str, dict[str, int]]]:
    """Return the counts of each day in the form in which the summary stores them."""
    days: defaultdict[str, Counter[str]] = defaultdict(Counter)
    reports = DeliveryStatus.objects.filter(
        message__campaign__wave_code=wave.code, status__in=["delivered", "read"]
    ).annotate(day=TruncDate("at"))
    for day, status, n in reports.values_list("day", "status").annotate(n=Count("id")):
        days[str(day)][status] = n
    finished = Invitation.objects.filter(wave=wave, finished_on__isnull=False)
    for day, n in finished.values_list("finished_on").annotate(n=Count("id")):
        days[str(day)]["finished"] = n
    return sorted((day, dict(counts)) for day, counts in days.items())


def counts_of_messages(wave: Wave) -> dict[str, dict[str, int]]:
    """Return how many messages there are by channel and state; after the closing, as of then."""
    if (summary := FieldworkSummary.objects.filter(wave=wave).first()) is not None:
        return dict(summary.messages)
    return message_counts(wave.code)


def keep_summary(*, wave: Wave) -> None:
    """Store the counts of a fieldwork before the rows they come from are forgotten; once.

    A message that is on the wire at this moment perhaps was sent; nobody will count it again, so it
    is kept as uncertain and not as one that is still being sent.
    """
    messages = counts_of_messages(wave)
    for states in messages.values():
        if on_the_wire := states.pop(OutboundMessage.State.SENDING.value, 0):
            uncertain = OutboundMessage.State.UNCERTAIN.value
            states[uncertain] = states.get(uncertain, 0) + on_the_wire
    # The first summary stands: a closing that is repeated after an interruption would count rows
    # that have lost their days, and store zeros over it.
    FieldworkSummary.objects.get_or_create(
        wave=wave, defaults={"days": _live_days(wave), "messages": messages}
    )
