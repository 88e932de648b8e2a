"""The WhatsApp Cloud API as a transport."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from http import HTTPStatus
from typing import Any

import aiohttp
from django.conf import settings

from espi.contact.dispatch.envelopes import Envelope, whatsapp_body
from espi.contact.dispatch.outcomes import Fate, Outcome, of_error
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

    async def send(self, envelopes: list[Envelope]) -> dict[int, Outcome]:
        """Post all at once, and return how each ended."""
        outcomes = await asyncio.gather(*(self._post(envelope) for envelope in envelopes))
        return dict(zip((envelope.key for envelope in envelopes), outcomes, strict=True))

    async def _post(self, envelope: Envelope) -> Outcome:
        body = whatsapp_body(envelope, PARAMETERS)
        try:
            async with self.session.post(self.url, json=body) as answer:
                told = await _json(answer)
                return read_answer(answer.status, told)
        except aiohttp.ClientConnectorError:
            # Nothing was written: the same try can be made again.
            return Outcome(Fate.AGAIN, error="no connection", wait=timedelta(minutes=1))
        except (aiohttp.ClientError, TimeoutError):
            return Outcome(Fate.UNCERTAIN, error="no answer")

    async def close(self) -> None:
        """End all connections."""
        await self.session.close()


async def _json(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    try:
        told = await answer.json(content_type=None)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def read_answer(status: int, told: dict[str, Any]) -> Outcome:
    """Return what an answer means, decided by the error's code, not by the HTTP status."""
    try:
        if "error" in told:
            return of_error(int(told["error"]["code"]))
        if status == HTTPStatus.OK:
            message = told["messages"][0]
            waits = message.get("message_status", "accepted") != "accepted"
            return Outcome(Fate.HELD if waits else Fate.ACCEPTED, carrier_id=str(message["id"]))
    except (KeyError, IndexError, TypeError, ValueError):
        return Outcome(Fate.UNCERTAIN, error="unreadable answer")
    return Outcome(Fate.UNCERTAIN, error=f"http {status}")
