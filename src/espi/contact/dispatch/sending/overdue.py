"""Advances what is overdue: doubts without a report, messages nobody received, old leases.

That no report came is evidence only while reports do come. So nothing is concluded from silence
about an attempt until the carrier has reported of an attempt made at the same time or later, and
has since had ``GRACE`` to repeat what it could not deliver. E-mail has no reports at all: what is
in doubt there waits for a person.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from espi.contact.dispatch import states
from espi.contact.dispatch.installation import matching
from espi.contact.dispatch.models import RESTORED, OutboundMessage, WebhookDelivery
from espi.contact.dispatch.sending.settling import next_channel, write_back
from espi.contact.dispatch.states import State

Channel = OutboundMessage.Channel
# A carrier that could not deliver a report repeats it within hours.
GRACE = timedelta(hours=6)
# A phone that is off at night is on again: only then is the e-mail sent as well.
NEXT_CHANNEL_AFTER = timedelta(hours=24)


@transaction.atomic
def advance_overdue(*, now: datetime) -> int:
    """Advance every message whose wait is over.

    Nothing is advanced while sending is off: its reports may have gone elsewhere.

    Returns:
        How many messages became due.
    """
    if not matching.may_send():
        return 0
    expired = OutboundMessage.objects.filter(state=State.LEASED, leased_until__lt=now)
    due = states.move_all(expired, states.GIVE_BACK, State.READY)
    return due + _end_doubts(now) + _wake_next_channel(now)


def reports_flow_until(now: datetime) -> datetime | None:
    """Return the latest attempt time for which silence means something, or nothing if none is.

    It is the time of the newest attempt about which the carrier reported at least ``GRACE`` ago.
    """
    reported = OutboundMessage.objects.filter(
        channel=Channel.WHATSAPP, reported_at__isnull=False, reported_at__lte=now - GRACE
    )
    newest = reported.order_by("-attempted_at").values_list("attempted_at", flat=True)
    return newest.first()


def _end_doubts(now: datetime) -> int:
    doubtful = OutboundMessage.objects.filter(
        channel=Channel.WHATSAPP,
        state=State.UNCERTAIN,
        attempted_at__lte=now - GRACE,
        campaign__state="running",
    ).exclude(error=RESTORED)  # reports about these may have gone to a database that is lost
    if not doubtful.exists() or (until := reports_flow_until(now)) is None:
        return 0
    doubtful = doubtful.filter(attempted_at__lte=until)
    # A report that could not be read may be the very one that is missed.
    unread = WebhookDelivery.objects.filter(faulty=True).order_by("-received_at").first()
    if unread is not None:
        doubtful = doubtful.filter(attempted_at__gt=unread.received_at)
    given_up = list(doubtful.filter(resent=True))
    for message in given_up:
        states.move(message, states.GIVE_UP, State.FAILED)
        message.error = "uncertain"
    write_back(given_up)
    again = OutboundMessage.objects.filter(pk__in=list(doubtful.values_list("pk", flat=True)))
    due = states.move_all(again, states.TRY_AGAIN, State.READY, due_at=now, resent=True)
    return due + next_channel(given_up, now)


def _wake_next_channel(now: datetime) -> int:
    """Wake the e-mail of people who had a day to receive their WhatsApp message and did not."""
    late = OutboundMessage.objects.filter(
        channel=Channel.WHATSAPP,
        state__in=[State.ACCEPTED, State.SENT],
        error="",
        attempted_at__lte=now - NEXT_CHANNEL_AFTER,
    )
    standing_by = OutboundMessage.objects.filter(
        state=State.PLANNED, recipient__in=late.values("recipient")
    )
    if not standing_by.exists() or (until := reports_flow_until(now)) is None:
        return 0
    late = late.filter(attempted_at__lte=until)
    pairs = set(late.values_list("campaign_id", "recipient"))
    woken = [m.pk for m in standing_by if (m.campaign_id, m.recipient) in pairs]
    chosen = OutboundMessage.objects.filter(pk__in=woken)
    return states.move_all(chosen, states.WAKE, State.READY, due_at=now)
