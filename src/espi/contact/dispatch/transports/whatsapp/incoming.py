"""Reads from a change of a report what people wrote, and what the carrier calls them.

Parts of another shape than documented are skipped: a person may write anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from espi.contact.dispatch.transports.whatsapp.names import named_in, with_contacts
from espi.contact.dispatch.transports.whatsapp.report_types import (
    Preference,
    RecipientNames,
    Reply,
)

LONGEST_ID = 255
Part = Mapping[str, object]
# Where people's words stand, by type of message: the field, then the names within it.
_TEXTS = {
    "text": ("body",),
    "button": ("payload", "text"),
    "image": ("caption",),
    "video": ("caption",),
    "document": ("caption",),
    "reaction": ("emoji",),
    "button_reply": ("id", "title"),
    "list_reply": ("id", "title", "description"),
}


def recipients_in(change: Part) -> Iterator[RecipientNames]:
    """Return what statuses say of the people to whom messages went."""
    contacts = [named_in(contact) for contact in _parts(change, "contacts")]
    for status in _parts(change, "statuses"):
        names = with_contacts(contacts, named_in(status))
        ids = {_identifier(status.get(name)) for name in ("biz_opaque_callback_data", "id")} - {""}
        if names and ids:
            yield RecipientNames(frozenset(ids), frozenset(names))


def replies_in(change: Part) -> Iterator[Reply]:
    """Return what people wrote."""
    contacts = [named_in(contact) for contact in _parts(change, "contacts")]
    for message in _parts(change, "messages"):
        sender = with_contacts(contacts, named_in(message))
        if not sender and len(contacts) == 1:
            sender = contacts[0]
        context, system = message.get("context"), message.get("system")
        yield Reply(
            carrier_id=_identifier(message.get("id")),
            kind=_plain(message.get("type")),
            texts=tuple(_texts(message)),
            sender=frozenset(sender),
            # "This person has a new number" comes as a message of its own.
            new_names=frozenset(named_in(system) if isinstance(system, Mapping) else ()),
            answers=_identifier(context.get("id")) if isinstance(context, Mapping) else "",
        )


def preferences_in(change: Part) -> Iterator[Preference]:
    """Return what people set at the carrier."""
    for preference in _parts(change, "user_preferences"):
        value = preference.get("value")
        if value is not None:
            yield Preference(_plain(value), frozenset(named_in(preference)))


def _texts(message: Part) -> Iterator[str]:
    chosen = message.get("interactive")
    holders: list[Part] = [message, chosen] if isinstance(chosen, Mapping) else [message]
    for holder in holders:
        for kind, names in _TEXTS.items():
            part = holder.get(kind)
            if not isinstance(part, Mapping):
                continue
            values = (part.get(name) for name in names)
            yield from (value for value in values if isinstance(value, str) and value)


def _parts(holder: Part, name: str) -> Iterator[Part]:
    listed = holder.get(name)
    for part in listed if isinstance(listed, list) else []:
        if isinstance(part, Mapping):
            yield part


def _plain(value: object) -> str:
    """Return a text or number as text; what is nested may be too deep to be written out."""
    return str(value) if isinstance(value, str | int | float) and value else "unknown"


def _identifier(value: object) -> str:
    """Return an id that a database can keep, or nothing."""
    if isinstance(value, str) and len(value) <= LONGEST_ID and value.isprintable():
        return value
    return ""
