"""Sends nothing more to somebody: written to the file outside the database first, then here."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction

from espi.contact.dispatch import states
from espi.contact.dispatch.models import OutboundMessage, Suppression
from espi.contact.dispatch.queries import address_mark
from espi.contact.dispatch.states import State
from espi.contact.dispatch.stopping import stop_file


@transaction.atomic
def stop(*, recipient: UUID, reason: str, today: date) -> None:
    """Send nothing more to somebody: no channel, no reminder, no later wave.

    It stands in the file of stop requests before it stands in the database.

    Raises:
        StateFolderAway: the file could not be written; nothing is recorded.
    """
    messages = OutboundMessage.objects.filter(recipient=recipient)
    marks = {address_mark(address) for address in messages.values_list("address", flat=True)}
    requests = [stop_file.of_mark(mark, reason, today) for mark in sorted(marks)]
    stop_file.add([stop_file.of_recipient(recipient, reason, today), *requests])
    Suppression.objects.get_or_create(
        recipient=recipient, defaults={"reason": reason, "since": today}
    )
    for mark in marks:
        Suppression.objects.get_or_create(
            address_mark=mark, defaults={"reason": reason, "since": today}
        )
    states.move_all(messages, states.STOP, State.SUPPRESSED)


@transaction.atomic
def stop_address(*, address: str, reason: str, today: date) -> None:
    """Send nothing more to whoever was written to at this address.

    Raises:
        StateFolderAway: as ``stop``.
    """
    mark = address_mark(address)
    stop_file.add([stop_file.of_mark(mark, reason, today)])
    Suppression.objects.get_or_create(
        address_mark=mark, defaults={"reason": reason, "since": today}
    )
    messages = OutboundMessage.objects.filter(address=address)
    for recipient in set(messages.values_list("recipient", flat=True)):
        stop(recipient=recipient, reason=reason, today=today)
