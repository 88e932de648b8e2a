"""What the Cloud API answers to a send request."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.whatsapp.errors import of_error, of_http_status
from espi.contact.dispatch.transports.whatsapp.names import named_in

LONGEST_ID = 255  # the width of the column that keeps it


class _OtherShape(Exception):
    """An answer is not as documented."""


def read_answer(status: int, answer: Mapping[str, object]) -> Outcome:
    """Return what an answer means, decided by the error's code, not by the HTTP status.

    Args:
        status: of HTTP.
        answer: the answer's JSON; empty where it had no object.
    """
    try:
        if "error" in answer:
            return of_error(_code(_object(answer["error"]).get("code")))
        if status == HTTPStatus.OK:
            message = _first(answer.get("messages"))
            waits = message.get("message_status", "accepted") != "accepted"
            return Outcome(
                Fate.HELD_BY_CARRIER if waits else Fate.ACCEPTED,
                carrier_id=_carrier_id(message.get("id")),
                identities=frozenset(_names_of_recipient(answer)),
            )
    except _OtherShape:
        if status < HTTPStatus.BAD_REQUEST:  # not refused: perhaps it was taken
            return Outcome(Fate.UNCERTAIN, error="unreadable answer")
    return of_http_status(status)


def _object(value: object) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _OtherShape
    return value


def _first(value: object) -> Mapping[str, object]:
    if not isinstance(value, list) or not value:
        raise _OtherShape
    return _object(value[0])


def _code(value: object) -> int:
    try:
        if isinstance(value, str | int | float):
            return int(value)
    except (ValueError, OverflowError):
        pass
    raise _OtherShape


def _carrier_id(value: object) -> str:
    name = str(value) if isinstance(value, str | int) else ""
    if not name or len(name) > LONGEST_ID or not name.isprintable():
        raise _OtherShape
    return name


def _names_of_recipient(answer: Mapping[str, object]) -> set[str]:
    """Return what the carrier calls the one person that a message was sent to."""
    contacts = answer.get("contacts")
    contact = contacts[0] if isinstance(contacts, list) and len(contacts) == 1 else None
    return named_in(contact) if isinstance(contact, dict) else set()
