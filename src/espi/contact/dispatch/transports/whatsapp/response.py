"""What the Cloud API answers to a send request."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from espi.contact.dispatch.transports.outcomes import Fate, Outcome
from espi.contact.dispatch.transports.whatsapp.errors import of_error, of_http_status
from espi.contact.dispatch.transports.whatsapp.names import named_in


def read_answer(status: int, content: dict[str, Any]) -> Outcome:
    """Return what an answer means, decided by the error's code, not by the HTTP status."""
    try:
        if "error" in content:
            return of_error(int(content["error"]["code"]))
        if status == HTTPStatus.OK:
            message = content["messages"][0]
            waits = message.get("message_status", "accepted") != "accepted"
            fate, name = Fate.HELD if waits else Fate.ACCEPTED, _carrier_id(message)
            return Outcome(fate, carrier_id=name, identities=frozenset(_identities(content)))
    except (KeyError, IndexError, TypeError, ValueError, AttributeError, OverflowError):
        if status < HTTPStatus.BAD_REQUEST:
            return Outcome(Fate.UNCERTAIN, error="unreadable answer")
    return of_http_status(status)


def _carrier_id(message: dict[str, Any]) -> str:
    name = str(message["id"])
    if not name or len(name) > 255 or not name.isprintable():  # noqa: PLR2004 the column's width
        raise ValueError(name)
    return name


def _identities(content: dict[str, Any]) -> set[str]:
    """Return what the carrier calls the one person that a message was sent to."""
    contacts = content.get("contacts")
    contact = contacts[0] if isinstance(contacts, list) and len(contacts) == 1 else None
    return named_in(contact) if isinstance(contact, dict) else set()
