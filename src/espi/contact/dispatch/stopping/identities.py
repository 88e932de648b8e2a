"""By which names a carrier knows a person, and stopping somebody by any of them.

A number may be missing from reports (people with a user name), be written in another way than we
sent it, or change. So whatever send replies, statuses and incoming messages say of a recipient is
kept, and a stop request is matched on all of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db import transaction

from espi.contact.dispatch.models import CarrierIdentity, OutboundMessage, Suppression
from espi.contact.dispatch.queries import address_mark
from espi.contact.dispatch.stopping import stop_file
from espi.contact.dispatch.stopping.stop import stop
from espi.platform import clock


@transaction.atomic
def remember(names: Iterable[tuple[UUID, set[str]]]) -> int:
    """Keep what carriers call recipients; return how many names are new.

    Whoever said stop under a name that belonged to nobody then is stopped as soon as it belongs
    to somebody.
    """
    pairs = {(value, recipient) for recipient, values in names for value in values}
    if not pairs:
        return 0
    there = CarrierIdentity.objects.filter(value__in={value for value, _recipient in pairs})
    fresh = pairs - set(there.values_list("value", "recipient"))
    CarrierIdentity.objects.bulk_create(
        [CarrierIdentity(value=value, recipient=recipient) for value, recipient in sorted(fresh)],
        ignore_conflicts=True,
    )
    marks = {mark_of(value): recipient for value, recipient in fresh}
    stopped = Suppression.objects.filter(address_mark__in=marks)
    for mark in stopped.values_list("address_mark", flat=True):
        if mark is not None:
            stop(recipient=marks[mark], reason="reply", today=clock.today())
    return len(fresh)


def mark_of(value: str) -> str:
    """Return the keyed hash of an identity; that of a number is the one of its address."""
    return address_mark(f"+{value}" if value.isdecimal() else f"id:{value}")


def recipients_of(values: Iterable[str]) -> set[UUID]:
    """Return everybody who is known by one of these names, or was written to at it."""
    names = set(values)
    by_name = CarrierIdentity.objects.filter(value__in=names).values_list("recipient", flat=True)
    numbers = {f"+{value}" for value in names if value.isdecimal()}
    written = OutboundMessage.objects.filter(address__in=numbers)
    return set(by_name) | set(written.values_list("recipient", flat=True))


@transaction.atomic
def stop_known_as(values: Iterable[str], *, reason: str, today: date) -> None:
    """Send nothing more to whoever is, or will be, known by one of these names.

    Raises:
        StateFolderAway: as ``actions.stop``.
    """
    names = sorted(set(values))
    marks = {mark_of(value) for value in names}
    stop_file.add([stop_file.of_mark(mark, reason, today) for mark in sorted(marks)])
    for mark in sorted(marks):
        Suppression.objects.get_or_create(
            address_mark=mark, defaults={"reason": reason, "since": today}
        )
    for recipient in sorted(recipients_of(names)):
        stop(recipient=recipient, reason=reason, today=today)
