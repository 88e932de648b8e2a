"""Brings the stop requests of the database and of the file outside it together."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

from espi.contact.dispatch.models import OutboundMessage, Suppression
from espi.contact.dispatch.queries import address_mark
from espi.contact.dispatch.stopping import stop_file
from espi.contact.dispatch.stopping.stop import stop
from espi.platform import clock


def merge_stop_requests() -> int:
    """Bring the stop requests of the file into the database, and the other way round.

    Returns:
        How many the database did not know.
    """
    forgotten, today = forgotten_stops(), clock.today()
    for request in forgotten:
        if request.kind == stop_file.RECIPIENT:
            stop(recipient=UUID(request.mark), reason=request.reason, today=request.since)
        else:
            Suppression.objects.get_or_create(
                address_mark=request.mark,
                defaults={"reason": request.reason, "since": request.since},
            )
    marks = {request.mark for request in forgotten if request.kind == stop_file.ADDRESS}
    for recipient in _written_to_at(marks):
        stop(recipient=recipient, reason="stop file", today=today)
    stop_file.add(_stops_of_database())
    return len(forgotten)


def forgotten_stops() -> list[stop_file.StopRequest]:
    """Return the stop requests of the file that the database does not know."""
    in_database = {(request.kind, request.mark) for request in _stops_of_database()}
    return [
        request for request in stop_file.read() if (request.kind, request.mark) not in in_database
    ]


def _stops_of_database() -> Iterator[stop_file.StopRequest]:
    for row in Suppression.objects.all():
        if row.recipient is not None:
            yield stop_file.of_recipient(row.recipient, row.reason, row.since)
        else:
            yield stop_file.of_mark(row.address_mark or "", row.reason, row.since)


def _written_to_at(marks: set[str]) -> set[UUID]:
    if not marks:
        return set()
    messages = OutboundMessage.objects.values_list("recipient", "address").iterator()
    return {recipient for recipient, address in messages if address_mark(address) in marks}
