"""The WhatsApp Cloud API as a transport."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import Any

import aiohttp
from django.conf import settings

from espi.contact.dispatch.envelopes import Envelope, MaySend, always, whatsapp_body
from espi.contact.dispatch.identities import named_in
from espi.contact.dispatch.outcomes import SHORT, Fate, Outcome, of_error, of_http_status
from espi.contact.dispatch.texts import PARAMETERS

PATIENCE = aiohttp.ClientTimeout(total=30, connect=10)


class WhatsApp:
    """Sends over HTTP with one pool of connections."""

    channel = "whatsapp"

    def __init__(self, connections: int = 300) -> None:
        self.url = (
            f"{settings.WHATSAPP_URL}/{settings.WHATSAPP_VERSION}"
            f"/{settings.WHATSAPP_PHONE_NUMBER_ID}/messages"
        )
        self.session = aiohttp.ClientSession(
            timeout=PATIENCE,
            connector=aiohttp.TCPConnector(limit=connections),
            headers={"Authorization": f"Bearer {settings.WHATSAPP_TOKEN}"},
        )

    async def send(
        self, envelopes: list[Envelope], may_send: MaySend = always
    ) -> dict[int, Outcome]:
        """Post all at once, and return how each ended."""
        outcomes = await asyncio.gather(*(self._post(one, may_send) for one in envelopes))
        return dict(zip((envelope.key for envelope in envelopes), outcomes, strict=True))

    async def _post(self, envelope: Envelope, may_send: MaySend) -> Outcome:
        try:
            body = whatsapp_body(envelope, PARAMETERS)
        except KeyError as missing:
            return Outcome(Fate.CAMPAIGN_STOPS, error=f"value missing: {missing}"[:64])
        if not may_send():
            return Outcome(Fate.UNSENT, error="sender lost")
        try:
            # A redirect is not followed: the message could be posted twice.
            async with self.session.post(self.url, json=body, allow_redirects=False) as answer:
                return read_answer(answer.status, await _json(answer))
        except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError):
            # Nothing was written: it can be tried again at once, and says nothing of the person.
            return Outcome(Fate.LANE_WAITS, error="no connection", wait=SHORT)
        except aiohttp.InvalidURL:
            return Outcome(Fate.ALL_STOPS, error="address of the carrier", wait=SHORT)
        except (aiohttp.ClientError, TimeoutError, OSError):
            return Outcome(Fate.UNCERTAIN, error="no answer")

    async def close(self) -> None:
        """End all connections."""
        await self.session.close()


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        content = await answer.json(content_type=None)
    except (ValueError, LookupError, RecursionError):  # no JSON, no known encoding, too deep
        return {}
    return content if isinstance(content, dict) else {}


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
